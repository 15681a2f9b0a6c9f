/**
 * The provider contract: what a store must offer to be read by Keyturn. This file imports nothing.
 *
 * Core promises a provider: locators are non-empty, distinct, passed through its own `check`, at most
 * `batchSize` a call and with known parameters only; a signal is always present; no call is made while
 * the provider is being disposed of.
 */
export {};
//# sourceMappingURL=provider.js.map
/**
 * Asks providers in order; the first that has the secret answers.
 *
 * Only `NotFound` falls through unless `on` says otherwise, so that a store that is down is never skipped
 * silently; and a later leg's NotFound never hides another code of an earlier leg.
 *
 * @example providers: { app: firstOf(env(), dotenv()) }
 */
export function firstOf(...args) {
    const parts = args;
    const legs = parts.filter((part) => 'contract' in part);
    const options = parts.find((part) => !('contract' in part));
    return { legs, on: options?.on ?? ['NotFound'] };
}
/** The legs of what stands behind a name: one for a plain provider. */
export function chainOf(source) {
    return 'legs' in source ? source : { legs: [source], on: [] };
}
//# sourceMappingURL=first-of.js.map
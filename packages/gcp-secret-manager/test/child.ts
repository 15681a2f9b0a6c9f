import { registerHooks } from 'node:module';

// Core's source, as Vitest reads it, so that a stale build can neither pass nor fail a test.
const core = new URL('../../core/src/index.ts', import.meta.url).href;
registerHooks({
  resolve: (specifier, context, next) => next(specifier === '@keyturn/core' ? core : specifier, context),
});
const { gcpSecretManager } = await import('../src/index.ts');
const { SecretManagerServiceClient } = await import('@google-cloud/secret-manager');

/** One read without handlers of any kind, and what came of it, as JSON. Arguments: milliseconds, whose client. */
const [milliseconds, client] = process.argv.slice(2);
const provider = gcpSecretManager({
  project: 'app',
  ...(client === 'a handed-in' && { client: new SecretManagerServiceClient() }),
});
const signal = AbortSignal.timeout(Number(milliseconds));
const started = performance.now();
const error: unknown = await provider.fetch([{ path: 'db', params: {} }], { signal, warn() {} }).then(
  () => undefined,
  (reason) => reason,
);
const elapsed = performance.now() - started;
await provider[Symbol.asyncDispose]?.();
const aborted = error === signal.reason;
process.stdout.write(JSON.stringify({ classified: provider.classify(error), aborted, elapsed }));

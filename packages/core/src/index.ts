export { as } from './conversions.ts';
export type { DatabaseUrl } from './database-url.ts';
export type { Duration } from './duration.ts';
export { ConfigError, type Failure, type Problem, ResolveError } from './errors.ts';
export { type Chain, type FirstOfOptions, firstOf, type ProviderSource } from './first-of.ts';
export { inParallel } from './in-parallel.ts';
export { type Lazy, lazy } from './lazy.ts';
export type {
  CheckedEntry,
  CheckedManifest,
  Detailed,
  DetailedManifest,
  Entry,
  EntryOptions,
  Manifest,
  Resolved,
  ResolvedManifest,
  Source,
} from './manifest.ts';
export { unknownKeys } from './manifest.ts';
export {
  type MemoryCall,
  type MemoryFault,
  type MemoryOptions,
  type MemoryProvider,
  memory,
} from './memory.ts';
export { suggestion } from './nearest.ts';
export type { Limits, ResolveOptions, ResolverOptions, Warning } from './options.ts';
export type { Plan, PlannedCall } from './plan.ts';
export type {
  CallOptions,
  Checked,
  Classified,
  ErrorCode,
  Fetched,
  FetchOptions,
  Fields,
  Locator,
  Outcome,
  Provider,
  SecretMetadata,
} from './provider.ts';
export { createRedactor, type Redactor, type RedactorStream } from './redactor.ts';
export { formatReference, parseReference, type Reference } from './reference.ts';
export { createResolver, type Resolver, type Settled, type SingleOptions } from './resolver.ts';
export { type Conversion, isConversion, type SchemaOutput, type StandardSchema } from './schema.ts';
export { Secret } from './secret.ts';

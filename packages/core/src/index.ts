export type { AuditContext } from './audit-context.ts';
export type { AuditEvent, AuditProcess, AuditSink } from './audit-event.ts';
export type { AuditOptions } from './audit-options.ts';
export type { CacheOptions, FreshnessOptions } from './cache-settings.ts';
export type { CacheTarget } from './cache-target.ts';
export { as } from './conversions.ts';
export type { DatabaseUrl } from './database-url.ts';
export { DATE_FORM, parseDate } from './date.ts';
export { DURATION_FORM, type Duration, parseDuration } from './duration.ts';
export { ConfigError, type Failure, type Problem, ResolveError } from './errors.ts';
export type {
  FetchEvent,
  ResolveEvent,
  ResolverEvent,
  ResolverListener,
  RetryEvent,
  RetryRefusedEvent,
  RotatedEvent,
  RotationEvent,
  StaleEvent,
} from './events.ts';
export { type Chain, type FirstOfOptions, firstOf, type ProviderSource } from './first-of.ts';
export { inParallel } from './in-parallel.ts';
export { type Lazy, lazy } from './lazy.ts';
export type { Handle, HandleOptions } from './live-handle.ts';
export type { WatchOptions } from './live-watch.ts';
export type { WithSecretOptions } from './live-with-secret.ts';
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
export {
  type MemoryCall,
  type MemoryFault,
  type MemoryOptions,
  type MemoryProvider,
  memory,
} from './memory.ts';
export type { LatencyMetrics, ProviderMetrics, ResolverMetrics } from './metrics.ts';
export { suggestion, unknownKeys } from './nearest.ts';
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
export { createRedactor, type Redactor } from './redactor.ts';
export type { RedactorStream } from './redactor-stream.ts';
export { formatReference, parseReference, type Reference } from './reference.ts';
export { createResolver } from './resolver.ts';
export type { Resolver, Settled, SingleOptions } from './resolver-api.ts';
export type { RetryOptions } from './retry-options.ts';
export type { RotationJudgement, RotationVerdict } from './rotation-judge.ts';
export type { RotationOptions, SecretRotation } from './rotation-policy.ts';
export type { RotationReadOptions, RotationStatus } from './rotation-report.ts';
export type { RotationRule } from './rotation-rule.ts';
export { type Conversion, isConversion, type SchemaOutput, type StandardSchema } from './schema.ts';
export { Secret } from './secret.ts';
export type {
  Snapshot,
  SnapshotEntry,
  SnapshotOutcome,
  SnapshotOwner,
  SnapshotReason,
} from './snapshot.ts';

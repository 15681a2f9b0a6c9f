export { ConfigError, type Failure, type Problem, ResolveError } from './errors.ts';
export { type Lazy, lazy } from './lazy.ts';
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
export { Secret } from './secret.ts';

import type {
  CacheOptions,
  CheckedManifest,
  EntryOptions,
  Limits,
  ProviderSource,
  Redactor,
  RetryOptions,
  RotationOptions,
  Snapshot,
  Warning,
} from '@keyturn/core';
import type { AuditConfig } from './audit/config.ts';

/** One name of a config: a reference, an entry, or an entry with a reference for each environment. */
export interface ConfigEntry extends EntryOptions {
  /** One reference for all environments, or an object from environment to reference. */
  readonly ref: string | Readonly<Record<string, string>>;
}

/** The names that the app needs. */
export type ConfigSecrets = Readonly<Record<string, string | ConfigEntry>>;

/** Resolver options that a config has for all environments and that an environment may set for itself. */
export interface SharedOptions extends Limits {
  /** When a call that ended Throttled or Unavailable is made again; `false`: never. @default `{}` */
  readonly retry?: false | RetryOptions | undefined;
  /** How long values are served again without a call; `false`: not at all. @default `{}` */
  readonly cache?: false | CacheOptions | undefined;
  /** Keeps the last good values for a start while the store is down: `snapshot({ file, key })`. @default false */
  readonly snapshot?: false | Snapshot | undefined;
  /** How old the values of secrets may grow. @default no rule: ages are not judged */
  readonly rotation?: RotationOptions | undefined;
  /** Gets each sensitive value before it is handed out, to mask it: `createRedactor()`. @default none */
  readonly redactor?: Pick<Redactor, 'add'> | undefined;
  /** Who read which secret, when, from where and why; `false`: not recorded. @default false */
  readonly audit?: false | AuditConfig | undefined;
  /** Told each distinct warning once. @default `process.emitWarning` */
  readonly onWarning?: ((warning: Warning) => void) | undefined;
}

/** One environment: which store stands behind each provider name. */
export interface Environment extends SharedOptions {
  /** Another environment, whose providers and options hold unless this one sets them. */
  readonly extends?: string;
  readonly providers?: Readonly<Record<string, ProviderSource>>;
  /** Whether sensitive secrets may fall back to their defaults here. @default false */
  readonly allowDefaults?: boolean;
}

/** What `keyturn.config.ts` exports by default. */
export interface Config<S extends ConfigSecrets = ConfigSecrets> extends SharedOptions {
  /** The environment to use, such as `process.env.APP_ENV`; unset is an error when secrets are loaded. */
  readonly environment?: string | undefined;
  readonly environments: Readonly<Record<string, Environment>>;
  readonly secrets: S;
}

/**
 * Types a config; checks nothing and never throws. `load(config)` and the command line check it.
 *
 * @example
 * export default defineConfig({
 *   environment: process.env.APP_ENV,
 *   environments: { development: { providers: { app: dotenv() } } },
 *   secrets: { DATABASE_URL: 'app://DATABASE_URL' },
 * });
 */
export function defineConfig<const S extends ConfigSecrets>(
  config: Config<S & CheckedManifest<S>> & { readonly secrets: S },
): Config<S> {
  return config;
}

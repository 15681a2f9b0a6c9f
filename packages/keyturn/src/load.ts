import {
  type AuditContext,
  ConfigError,
  type Limits,
  type ResolvedManifest,
  type ResolveOptions,
  type Resolver,
  unknownKeys,
} from '@keyturn/core';
import type { Config, ConfigSecrets } from './config.ts';
import { open } from './open.ts';

/** How a config is opened. */
export interface OpenOptions extends Limits {
  /** Beats the config's own `environment`. */
  readonly environment?: string | undefined;
}

export interface LoadOptions extends OpenOptions, AuditContext {
  /** Aborting it rejects with its reason, at once. */
  readonly signal?: AbortSignal | undefined;
}

const OPEN_OPTIONS = ['environment', 'deadline', 'timeout'];
const LOAD_OPTIONS = ['signal', 'actor', 'reason', 'traceparent'];

/** A config that stays open, for an app that follows its secrets while it runs. */
export interface OpenedConfig<S extends ConfigSecrets> extends AsyncDisposable {
  readonly environment: string;
  /** For `handle`, `withSecret`, `watch`, events and metrics. */
  readonly resolver: Resolver;
  /** The reference that each name has in this environment, such as `references.DATABASE_URL` for `resolver.handle`. */
  readonly references: Readonly<Record<keyof S, string>>;
  /** Resolves all secrets of the config; from the cache where it holds them. Rejects as `load(config)` does. */
  load(options?: ResolveOptions): Promise<ResolvedManifest<S>>;
  /** Closes the resolver. The same as `Symbol.asyncDispose`. */
  close(): Promise<void>;
}

/**
 * Resolves all secrets of a config at boot, then lets go of what the providers opened.
 * The deadline is 30 s unless the config or `options` say otherwise.
 *
 * @throws {ConfigError} `Misconfigured`, with every mistake in the config or the options and its place; before any call.
 * @throws {ResolveError} with a failure for each secret that could not be resolved.
 * @throws the signal's reason, when the caller aborts.
 */
export async function load<S extends ConfigSecrets>(
  config: Config<S>,
  options: LoadOptions = {},
): Promise<ResolvedManifest<S>> {
  checkKeys(options, [...OPEN_OPTIONS, ...LOAD_OPTIONS]);
  const { signal, actor, reason, traceparent, ...openOptions } = options;
  const opened = openConfig(config, openOptions);
  try {
    return await opened.load({ signal, actor, reason, traceparent });
  } finally {
    await opened.close();
  }
}

/**
 * Opens a config for as long as the app runs. Makes no call; `load()` does. Whoever opens it closes it.
 * The deadline is 30 s unless the config or `options` say otherwise.
 *
 * @throws {ConfigError} `Misconfigured`, with every mistake in the config or the options and its place.
 * @example
 * const app = openConfig(config);
 * const { PORT } = await app.load();
 * const db = await app.resolver.handle(app.references.DATABASE_URL, (url) => connect(url.reveal()));
 */
export function openConfig<S extends ConfigSecrets>(
  config: Config<S>,
  options: OpenOptions = {},
): OpenedConfig<S> {
  checkKeys(options, OPEN_OPTIONS);
  const { environment, ...limits } = options;
  const { resolver, manifest, ...opened } = open(config, environment, limits);
  const references = Object.fromEntries(Object.entries(manifest).map(([name, { ref }]) => [name, ref]));
  return {
    environment: opened.environment,
    resolver,
    // The manifest is the config's own secrets with one reference each: the same names, and the same types.
    references: references as Record<keyof S, string>,
    load: async (resolveOptions) => (await resolver.resolve(manifest, resolveOptions)) as ResolvedManifest<S>,
    close: resolver.close,
    [Symbol.asyncDispose]: resolver.close,
  };
}

function checkKeys(options: unknown, known: readonly string[]): void {
  const problems =
    typeof options === 'object' && options !== null
      ? unknownKeys('', options, known)
      : [{ place: 'options', message: 'are no object: write { environment: "production" }' }];
  if (problems.length > 0) throw new ConfigError(problems);
}

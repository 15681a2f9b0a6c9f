import type { CacheTarget } from './cache-target.ts';
import type { Failure } from './errors.ts';
import type { ResolverListener } from './events.ts';
import type { Handle, HandleOptions } from './live-handle.ts';
import type { WatchOptions } from './live-watch.ts';
import type { WithSecretOptions } from './live-with-secret.ts';
import type {
  CheckedEntry,
  CheckedManifest,
  Detailed,
  DetailedManifest,
  EntryOptions,
  Manifest,
  Resolved,
  ResolvedManifest,
} from './manifest.ts';
import type { ResolverMetrics } from './metrics.ts';
import type { ResolveOptions } from './options.ts';
import type { Plan } from './plan.ts';
import type { RotationReadOptions, RotationStatus } from './rotation-report.ts';

/** Options of one `resolve()` of a bare reference: how to convert it, and the limits. */
export type SingleOptions = EntryOptions & ResolveOptions;

/** What came of each name: its value or its failure, in the manifest's order. */
export interface Settled {
  readonly values: Readonly<Record<string, Detailed<unknown>>>;
  readonly failures: readonly Failure[];
}

/** `O` itself, written so that it is inferred though some of its properties are functions that wait for their types. */
type Each<O> = { readonly [Key in keyof O]: O[Key] };

/** Reads secrets through named providers. Made by `createResolver`. */
export interface Resolver extends AsyncDisposable {
  /**
   * Resolves all names of a manifest, in the fewest calls that the stores allow.
   *
   * Every reference is checked before the first call; every failure is in the one error.
   * @throws {ResolveError} with a failure for each name that could not be resolved.
   * @throws {ConfigError} for a manifest or options of the wrong shape.
   * @throws the signal's reason, when the caller aborts.
   */
  resolve<const M extends Manifest>(
    manifest: M & CheckedManifest<M>,
    options?: ResolveOptions,
  ): Promise<ResolvedManifest<M>>;
  /** Resolves one reference, such as `prod://db#password`. */
  resolve<const O extends SingleOptions = Record<never, never>>(
    reference: string,
    options?: O & CheckedEntry<O>,
  ): Promise<Resolved<O>>;

  /** As `resolve`, and beside each value its source, provider, version and dates. */
  resolveWithMetadata<const M extends Manifest>(
    manifest: M & CheckedManifest<M>,
    options?: ResolveOptions,
  ): Promise<DetailedManifest<M>>;
  resolveWithMetadata<const O extends SingleOptions = Record<never, never>>(
    reference: string,
    options?: O & CheckedEntry<O>,
  ): Promise<Detailed<Resolved<O>>>;

  /**
   * As `resolveWithMetadata`, but a secret that cannot be resolved is a failure beside the values, not a rejection.
   * For commands and health checks that report on all of them. Where a reference is wrong, or a reason is missing, the
   * failures are those alone, and nothing is read.
   * @throws {ConfigError} for a manifest or options of the wrong shape.
   */
  resolveSettled(manifest: Manifest, options?: ResolveOptions): Promise<Settled>;

  /**
   * The calls that resolving the manifest would make, without making one.
   * @throws {ResolveError} `InvalidReference` for every reference that is known to be wrong before a call.
   */
  plan(manifest: Manifest): Plan;

  /**
   * The age of each secret against its policy, in the manifest's order, past the cache. Reads no value where the store
   * tells metadata without one; where it does not, `source` is `fetch`. Entries with `sensitive: false` and no rule of
   * their own are left out.
   *
   * A right to metadata that is missing makes an `unknown` with its reason; any other failure is beside it in `failure`.
   * @throws {ResolveError} `InvalidReference` for every reference that is known to be wrong before a call.
   * @throws {ConfigError} for a manifest or options of the wrong shape.
   * @throws the signal's reason, when the caller aborts.
   */
  rotation(manifest: Manifest, options?: RotationReadOptions): Promise<readonly RotationStatus[]>;

  /**
   * Forgets what the cache holds of a reference (all fields of its document), of a provider by your name for it,
   * or of all. A read that began before does not bring it back; the next resolve asks the store.
   * @throws {ResolveError} `InvalidReference` for a reference that is wrong.
   * @throws {ConfigError} for a provider that there is none of.
   */
  invalidate(target?: CacheTarget): void;

  /**
   * The versions of a secret: the current one, then each whose stored value (after `#field`, before conversion)
   * differs from the one before. The first is what `resolve` gives; later ones are asked of the store while `next()`
   * waits, so a slow consumer gets the newest, and an abandoned watch costs nothing.
   *
   * The first read rejects as `resolve` does. When a later one fails the last value stands: one warning for each streak
   * of failures. The iteration ends with `break`, and when the resolver is closed.
   * @throws {ConfigError} for options of the wrong shape, at once.
   * @throws {ResolveError} `InvalidReference` for a reference that is wrong, at once.
   * @throws the signal's reason from `next()`, when the caller aborts.
   * @example
   * for await (const { value } of resolver.watch('prod://flags', { as: as.json() })) apply(value.reveal());
   */
  watch<const O extends WatchOptions = Record<never, never>>(
    reference: string,
    options?: O & CheckedEntry<O>,
  ): AsyncIterable<Detailed<Resolved<O>>>;

  /**
   * Builds a client from a secret, and another one in its place whenever the stored value has changed. The old one is
   * closed when nobody uses it any more. A version from which none can be built changes nothing: one warning, and the
   * next check tries again.
   * @throws {ConfigError} for options of the wrong shape.
   * @throws {ResolveError} when the secret cannot be resolved.
   * @throws what the first `build` throws.
   * @example
   * const db = await resolver.handle('prod://db#url', (url) => new Pool({ connectionString: url.reveal() }), {
   *   close: (pool) => pool.end(),
   * });
   * const { rows } = await db.use((pool) => pool.query('select 1'));
   */
  handle<C, const O extends EntryOptions = Record<never, never>>(
    reference: string,
    build: (secret: Resolved<O>) => C | PromiseLike<C>,
    options?: Each<O> & CheckedEntry<O> & HandleOptions<NoInfer<C>>,
  ): Promise<Handle<C>>;

  /**
   * Uses a secret, and bridges its rotation: when `use` fails because its secret was rejected, the first reference is
   * read anew, then the others in their order, such as the pending and the previous version; and again, after a pause,
   * for as long as `within` lasts. A value is tried once in each round.
   * @throws {ConfigError} for options of the wrong shape.
   * @throws {ResolveError} for every reference that is wrong, before any call; when the first cannot be resolved.
   * @throws what `use` throws: at once where `isRejected` says no, else its last rejection when the time is over.
   * @throws the signal's reason, when the caller aborts.
   * @example
   * const client = await resolver.withSecret(
   *   ['prod://db', 'prod://db?stage=AWSPENDING', 'prod://db?stage=AWSPREVIOUS'],
   *   (login) => connect(login.reveal()),
   *   { as: as.json(Login), isRejected: (error) => error instanceof DatabaseError && error.code === '28P01' },
   * );
   */
  withSecret<R, const O extends EntryOptions = Record<never, never>>(
    references: string | readonly string[],
    use: (secret: Resolved<O>) => R | PromiseLike<R>,
    options: Each<O> & CheckedEntry<O> & WithSecretOptions,
  ): Promise<R>;

  /**
   * Tells a listener of what happens from now on: resolves, calls, retries, old values, rotations. It is told while
   * things happen, so it should be quick. What it throws is dropped, after one warning.
   *
   * The events of all resolvers go to the `node:diagnostics_channel` named `keyturn` as well.
   * @returns what ends it.
   * @throws {ConfigError} for a listener that is no function.
   * @example
   * resolver.subscribe((event) => {
   *   if (event.type === 'stale') log.warn(event, 'an old secret is served');
   * });
   */
  subscribe(listener: ResolverListener): () => void;

  /** What was counted since the resolver was made, for each provider by your name for it. */
  metrics(): ResolverMetrics;

  /**
   * Ends what is in flight, closes the handles and lets go of what the providers opened. The same as
   * `Symbol.asyncDispose`.
   */
  close(): Promise<void>;
}

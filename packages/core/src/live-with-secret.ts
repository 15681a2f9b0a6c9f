import type { AuditContext } from './audit-context.ts';
import type { CacheReader } from './cache.ts';
import type { Duration } from './duration.ts';
import { ResolveError } from './errors.ts';
import { isSame, type LiveSource, readVersion, type Version } from './live-read.ts';
import type { Entry } from './manifest.ts';
import { Cut, openScope, raced, sleep } from './scope.ts';

/** When `withSecret()` tries again, and for how long. */
export interface WithSecretOptions extends AuditContext {
  /** Whether an error of `use` means that its secret was rejected. All other errors go through at once. */
  readonly isRejected: (error: unknown) => boolean;
  /** How long other values are tried, counted from the first rejection. A `use` that runs is not cut short. @default 10 s */
  readonly within?: Duration | undefined;
  /** Aborting it rejects with its reason, at once. */
  readonly signal?: AbortSignal | undefined;
}

export interface WithSecretSettings<R> {
  readonly use: (secret: unknown) => R | PromiseLike<R>;
  readonly isRejected: (error: unknown) => boolean;
  readonly withinMs: number;
  readonly signal: AbortSignal | undefined;
}

/** The longest pause after the first round of tries, which is doubled for each further one up to the last. */
const FIRST_PAUSE_MS = 200;
const LONGEST_PAUSE_MS = 1_000;

/** Codes of a version that simply is not there, such as the pending one between two rotations. */
const ABSENT = ['NotFound', 'Disabled'];

/** Uses a secret, and others in its place while it is rejected. @param reread reads anew, shared by all who ask. */
export async function bridgeRotation<R>(
  source: LiveSource,
  reread: CacheReader,
  entries: readonly [Entry, ...Entry[]],
  { use, isRejected, withinMs, signal }: WithSecretSettings<R>,
): Promise<R> {
  /** What was rejected in this round. */
  let rejected: Version[] = [];
  let rejection: unknown;

  /** What `use` gives; undefined when this version was rejected. */
  async function attempt(version: Version): Promise<{ readonly result: R } | undefined> {
    const used = (async () => use(version.detailed.value))();
    try {
      return { result: await (signal ? raced(used, signal) : used) };
    } catch (error) {
      if (signal?.aborted || !isRejected(error)) throw error;
      rejected.push(version);
      rejection = error;
      return undefined;
    }
  }

  /** The version that the store has now; undefined when it has none, or one that was rejected in this round. */
  async function another(entry: Entry, window: AbortSignal): Promise<Version | undefined> {
    const reading = await readVersion(source, entry, { fresh: true, signal: window }, reread);
    window.throwIfAborted();
    if (!reading.ok) {
      const { reference, code, message } = reading.failure;
      const warning = { kind: reading.kind, message: `${reference}: ${code}: ${message}; passed over` };
      if (!ABSENT.includes(code)) source.tellOnce(warning);
      return undefined;
    }
    const standsIn = reading.stored === undefined;
    return standsIn || rejected.some((version) => isSame(version, reading)) ? undefined : reading;
  }

  const current = await readVersion(source, entries[0], { signal });
  if (!current.ok) throw new ResolveError([current.failure]);
  const done = await attempt(current);
  if (done) return done.result;

  const window = openScope(withinMs, 'the time to bridge a rotation is over', [source.closing, signal]);
  try {
    for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS)) {
      for (const entry of entries) {
        const version = await another(entry, window.signal);
        const done = version && (await attempt(version));
        if (done) return done.result;
      }
      await sleep(pauseMs * (0.5 + 0.5 * Math.random()), window.signal);
      rejected = [];
    }
  } catch (error) {
    // Our own limit, or the resolver was closed: what `use` said last says more.
    throw error instanceof Cut ? rejection : error;
  } finally {
    window.close();
  }
}

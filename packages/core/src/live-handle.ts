import type { AuditContext } from './audit-context.ts';
import type { Duration } from './duration.ts';
import { ConfigError, ResolveError } from './errors.ts';
import { type ClientSettings, type Clients, createClients, type Lent } from './live-clients.ts';
import { drawInterval, isSame, type LiveSource, readVersion, type Version } from './live-read.ts';
import type { Entry } from './manifest.ts';
import { LONGEST_TIMER } from './scope.ts';

/** How a handle follows its secret and lets go of its clients. */
export interface HandleOptions<C> extends AuditContext {
  /** The longest time between two checks; each is shorter by up to a tenth, at random. @default 1 min */
  readonly interval?: Duration | undefined;
  /** Closes a client that is no longer used. @default nothing is done */
  readonly close?: ((client: C) => unknown) | undefined;
  /** How long a client that was replaced may still be used, and as long again, how long `close` may take. @default 30 s */
  readonly drainTimeout?: Duration | undefined;
}

/** A client that is built anew whenever its secret changes. Made by `resolver.handle()`. */
export interface Handle<C> extends AsyncDisposable {
  /**
   * Lends the newest client for as long as `work` runs, and gives what that gives.
   * @throws {ConfigError} when the handle is closed.
   */
  use<R>(work: (client: C) => R | PromiseLike<R>): Promise<R>;
  /**
   * Checks now, together with all who ask at this time. Ends when the newest client is the one that `use` lends. Never
   * rejects: a check that fails is told to `onWarning`, as those by the clock are, and the client in use stays.
   */
  refresh(): Promise<void>;
  /** Ends the checks, waits for the users of its clients and closes them. The same as `Symbol.asyncDispose`. */
  close(): Promise<void>;
}

export interface HandleSettings<C> extends ClientSettings<C> {
  readonly intervalMs: number;
  /** The handles that are closed with the resolver. */
  readonly open: Set<Handle<unknown>>;
}

const BUILD_FAILED =
  'build() failed for its new version; the client in use stays, and each check tries again';

/** The building of one version's client. */
interface Building {
  readonly version: Version;
  /** Ends when the client is in use, could not be built, or is not wanted any more. */
  readonly done: Promise<void>;
  /** From here on the client is not wanted; one that is still built is closed. */
  drop(): void;
}

/** Opens a handle: reads the secret and builds its first client. */
export async function openHandle<C>(
  source: LiveSource,
  entry: Entry,
  settings: HandleSettings<C>,
): Promise<Handle<C>> {
  const first = await readVersion(source, entry, {});
  if (!first.ok) throw new ResolveError([first.failure]);
  const { kind, detailed } = first;
  const tell = (message: string) => source.tell({ kind, message: `${detailed.reference}: ${message}` });
  const clients = createClients(settings, tell);
  const handle = await clients.build(detailed.value, source.closing, (client) =>
    startHandle({ source, entry, settings, clients, tell }, first, client),
  );
  if (handle === undefined) throw new ConfigError([{ place: '', message: 'the resolver was closed' }]);
  return handle;
}

interface HandleParts<C> {
  readonly source: LiveSource;
  readonly entry: Entry;
  readonly settings: HandleSettings<C>;
  readonly clients: Clients<C>;
  /** Tells the operator, naming the reference. */
  readonly tell: (message: string) => void;
}

function startHandle<C>(
  { source, entry, settings: { intervalMs, drainMs, open }, clients, tell }: HandleParts<C>,
  first: Version,
  firstClient: Lent<C>,
): Handle<C> {
  const ended = new AbortController();
  const { reference, source: firstSource } = first.detailed;
  let current = firstClient;
  let currentVersion = first;
  let seen = first;
  let building: Building | undefined;
  let buildFails = false;
  let readFails = false;
  let checking: Promise<void> | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let closed: Promise<void> | undefined;

  function replace(next: Version): Building {
    const dropped = new AbortController();
    const done = clients
      .build(next.detailed.value, dropped.signal, (newest) => {
        clients.retire(current);
        current = newest;
        currentVersion = next;
        buildFails = false;
      })
      .catch(() => {
        // Without the error, which can quote the secret.
        if (!buildFails) tell(BUILD_FAILED);
        buildFails = true;
      })
      .then(() => {
        if (building === made) building = undefined;
      });
    const made: Building = { version: next, done, drop: () => dropped.abort() };
    return made;
  }

  async function look(): Promise<void> {
    const reading = await readVersion(source, entry, { fresh: true, signal: ended.signal }).catch(() => {});
    if (reading === undefined || ended.signal.aborted) return;
    if (!reading.ok) {
      const { code, message } = reading.failure;
      if (!readFails) tell(`${code}: ${message}; for its handle the client in use stays`);
      readFails = true;
      return;
    }
    readFails = false;
    if (isSame(seen, reading)) source.kept(seen.answer, reading.answer);
    else source.rotated(reading.answer);
    seen = reading;
    if (building && isSame(building.version, reading)) return;
    building?.drop();
    if (!isSame(currentVersion, reading)) building = replace(reading);
  }

  /** The look that runs, or a new one. */
  function check(): Promise<void> {
    checking ??= look().then(() => {
      checking = undefined;
    });
    return checking;
  }

  function schedule(delayMs: number): void {
    timer = setTimeout(
      async () => {
        // A build that never ends does not end the checks.
        await check();
        if (!ended.signal.aborted) schedule(drawInterval(intervalMs));
      },
      Math.min(delayMs, LONGEST_TIMER),
    );
    timer.unref?.();
  }

  async function shut(): Promise<void> {
    clearTimeout(timer);
    ended.abort();
    building?.drop();
    clients.retire(current);
    // While somebody waits for it, the end is worth the process's life.
    const alive = setTimeout(() => {}, Math.min(2 * drainMs, LONGEST_TIMER));
    await clients.retired();
    clearTimeout(alive);
    open.delete(handle);
  }

  const handle: Handle<C> = {
    async use(work) {
      if (ended.signal.aborted) {
        throw new ConfigError([{ place: '', message: `the handle of ${reference} is closed: make another` }]);
      }
      return current.use(work);
    },
    async refresh() {
      await check();
      await building?.done;
    },
    close() {
      closed ??= shut();
      return closed;
    },
    [Symbol.asyncDispose]: () => handle.close(),
  };
  open.add(handle);
  // What did not come from the store may be old already.
  schedule(firstSource === 'store' ? drawInterval(intervalMs) : 0);
  return handle;
}

import { type Moment, now } from './cache-entry.ts';
import type { ProviderSource } from './first-of.ts';
import type { Fetched, Provider } from './provider.ts';
import { nameProviders } from './provider-names.ts';
import { Cut, openScope, raced } from './scope.ts';
import type { Snapshot, SnapshotEntry, SnapshotOutcome } from './snapshot.ts';

/** A value, and when the store was asked for it. */
interface LastGood {
  readonly fetched: Fetched;
  readonly readAt: Moment;
}

/** The last good values of a resolver, in step with its snapshot. */
export interface SnapshotKeeper {
  /** The age from which on a value may not be used. */
  readonly maxAgeMs: number;
  /** Loads what was saved, once. Resolves when that has ended; rejects with the signal's reason. */
  ready(signal?: AbortSignal): Promise<void>;
  /** The last good value of a read, whatever its age; none before the keeper is ready. */
  get(provider: Provider, key: string): LastGood | undefined;
  /** Adds or replaces a value, and saves. */
  put(provider: Provider, key: string, value: LastGood): void;
  /** Drops one value, those of a provider, or all, and saves. */
  drop(provider?: Provider, key?: string): void;
  /** Resolves when what was put and dropped is saved, or took too long. */
  close(): Promise<void>;
}

export interface KeeperSettings {
  readonly providers: Readonly<Record<string, ProviderSource>>;
  readonly environment: string | undefined;
  /** How many values are kept; beyond that the one that was read longest ago goes. */
  readonly maxEntries: number;
  /** How long a load or a save is waited for: its key may come from a function that hangs. */
  readonly limitMs: number;
  readonly warn: (message: string) => void;
}

interface Kept extends LastGood {
  readonly provider: string;
  readonly kind: string;
  readonly key: string;
}

/** Makes the keeper of a snapshot, which it leaves alone until its first use. Faults are warnings and nothing more. */
export function createSnapshotKeeper(snapshot: Snapshot, settings: KeeperSettings): SnapshotKeeper {
  const { maxAgeMs } = snapshot;
  const { environment, maxEntries, limitMs } = settings;
  const names = new Map([...nameProviders(settings.providers)].filter(([{ local }]) => !local));
  const owner = { environment, providers: [...names.values()] };
  /** What was read longest ago comes first. */
  const entries = new Map<string, Kept>();
  /** Changes that wait for the load, so as to come after it. */
  const waiting: (() => void)[] = [];
  let loading: Promise<void> | undefined;
  let isLoaded = false;
  let saving: Promise<void> | undefined;
  let isWriting = false;
  let isBehind = false;

  function warn(message: string): void {
    try {
      settings.warn(message);
    } catch {
      // What the app's own `onWarning` throws here has no caller to go to.
    }
  }

  /** What came of it; undefined when it failed, which is a warning. Never rejects. */
  async function attempt<T>(verb: string, work: () => Promise<SnapshotOutcome<T>>): Promise<T | undefined> {
    try {
      const outcome = await work();
      if (outcome.ok) return outcome.value;
      warn(outcome.message);
    } catch {
      // What was thrown can hold a value or the key.
      warn(`the snapshot could not be ${verb}`);
    }
    return undefined;
  }

  async function limited<T>(verb: 'loaded' | 'saved', work: Promise<T>): Promise<T | undefined> {
    // Who waits for what is loaded has a deadline of their own; what is saved is worth a wait at the end of a process.
    const holdsProcess = verb === 'saved';
    const scope = openScope(
      limitMs,
      `the snapshot could not be ${verb} within ${limitMs} ms`,
      [],
      holdsProcess,
    );
    try {
      return await raced(work, scope.signal);
    } catch (error) {
      if (!(error instanceof Cut)) throw error;
      warn(error.message);
      return undefined;
    } finally {
      scope.close();
    }
  }

  async function load(): Promise<void> {
    const loaded = await limited(
      'loaded',
      attempt('loaded', () => snapshot.load(owner)),
    );
    const at = now();
    for (const { provider, kind, key, savedAt, ...fetched } of loaded ?? []) {
      const wall = savedAt.getTime();
      const readAt = { wall, monotonic: at.monotonic - (at.wall - wall) };
      entries.set(idOf(provider, key), { provider, kind, key, fetched, readAt });
    }
    isLoaded = true;
    for (const change of waiting.splice(0)) change();
  }

  async function ready(signal?: AbortSignal): Promise<void> {
    if (isLoaded) return;
    loading ??= load();
    await (signal ? raced(loading, signal) : loading);
  }

  /** @param apply whether there was something to change. */
  function change(apply: () => boolean): void {
    if (!isLoaded) {
      waiting.push(() => change(apply));
      void ready();
    } else if (apply()) {
      isBehind = true;
      saving ??= save();
    }
  }

  /** One write at a time; what changes meanwhile is in the next. */
  async function save(): Promise<void> {
    // What one call has read comes one by one, and is one write.
    await undefined;
    while (isBehind && !isWriting) {
      isBehind = false;
      isWriting = true;
      const writing = attempt('saved', () => snapshot.save(owner, [...entries.values()].map(savedForm)));
      await limited('saved', writing.finally(written));
    }
    saving = undefined;
  }

  /** A write that took too long may end when nobody waits for it any more. */
  function written(): void {
    isWriting = false;
    if (isBehind) saving ??= save();
  }

  return {
    maxAgeMs,
    ready,
    get(provider, key) {
      const entry = entries.get(idOf(names.get(provider), key));
      return entry?.kind === provider.kind ? entry : undefined;
    },
    put(provider, key, value) {
      const name = names.get(provider);
      if (name === undefined) return;
      const id = idOf(name, key);
      change(() => {
        entries.delete(id);
        entries.set(id, { provider: name, kind: provider.kind, key, ...value });
        for (const oldest of entries.keys()) {
          if (entries.size <= maxEntries) break;
          entries.delete(oldest);
        }
        return true;
      });
    },
    drop(provider, key) {
      const name = provider && names.get(provider);
      change(() => {
        const before = entries.size;
        for (const [id, entry] of entries) {
          if (provider && entry.provider !== name) continue;
          if (key === undefined || entry.key === key) entries.delete(id);
        }
        return entries.size < before;
      });
    },
    async close() {
      await loading;
      await saving;
    },
  };
}

function savedForm({ fetched, readAt, ...entry }: Kept): SnapshotEntry {
  return { ...fetched, ...entry, savedAt: new Date(readAt.wall) };
}

function idOf(name: string | undefined, key: string): string {
  return `${name} ${key}`;
}

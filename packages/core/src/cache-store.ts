import type { CacheEntry } from './cache-entry.ts';
import type { Provider } from './provider.ts';

/** The entries of a cache: by provider and key, so that equal keys of two providers stay apart. */
export interface CacheStore {
  get(provider: Provider, key: string): CacheEntry | undefined;
  /** Adds or replaces an entry; the one that was not used for longest may have to go. */
  put(provider: Provider, key: string, entry: CacheEntry): void;
  /** Notes a use. */
  use(entry: CacheEntry): void;
  /** Drops one entry, those of a provider, or all. */
  drop(provider?: Provider, key?: string): void;
}

/** Keeps at most `maxEntries`. `onChange` is told when an entry was replaced or dropped. */
export function createCacheStore(maxEntries: number, onChange: () => void): CacheStore {
  const shelves = new Map<Provider, Map<string, CacheEntry>>();
  let size = 0;
  let uses = 0;

  function remove(shelf: Map<string, CacheEntry> | undefined, key: string): void {
    if (!shelf?.delete(key)) return;
    size--;
    onChange();
  }

  /** A search, so that a hit has no order to keep; what it makes room for has cost a call, which takes longer. */
  function evict(): void {
    let oldest: { readonly shelf: Map<string, CacheEntry>; readonly key: string } | undefined;
    let used = Infinity;
    for (const shelf of shelves.values()) {
      for (const [key, entry] of shelf) {
        if (entry.used >= used) continue;
        used = entry.used;
        oldest = { shelf, key };
      }
    }
    if (oldest) remove(oldest.shelf, oldest.key);
  }

  return {
    get: (provider, key) => shelves.get(provider)?.get(key),
    put(provider, key, entry) {
      const shelf = shelves.get(provider) ?? new Map<string, CacheEntry>();
      shelves.set(provider, shelf);
      remove(shelf, key);
      entry.used = ++uses;
      shelf.set(key, entry);
      size++;
      if (size > maxEntries) evict();
    },
    use(entry) {
      entry.used = ++uses;
    },
    drop(provider, key) {
      for (const [owner, shelf] of shelves) {
        if (provider !== undefined && owner !== provider) continue;
        for (const each of key === undefined ? [...shelf.keys()] : [key]) remove(shelf, each);
      }
    },
  };
}

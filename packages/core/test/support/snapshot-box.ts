import type { Snapshot, SnapshotEntry, SnapshotOutcome, SnapshotOwner } from '../../src/index.ts';

/** A snapshot in memory. */
export interface SnapshotBox extends Snapshot {
  /** What was last saved, or lies there from before. */
  entries: readonly SnapshotEntry[];
  readonly owners: SnapshotOwner[];
  /** How often it was loaded and saved. */
  readonly loads: number;
  readonly saves: number;
  /** What all loads, or saves, wait for and come to; a rejection too. */
  onLoad: () => Promise<SnapshotOutcome<void>>;
  onSave: () => Promise<SnapshotOutcome<void>>;
}

const DONE = { ok: true, value: undefined } as const;

export function snapshotBox(entries: readonly SnapshotEntry[] = [], maxAgeMs = 86_400_000): SnapshotBox {
  const counts = { loads: 0, saves: 0 };
  const box: SnapshotBox = {
    entries,
    owners: [],
    maxAgeMs,
    get loads() {
      return counts.loads;
    },
    get saves() {
      return counts.saves;
    },
    onLoad: async () => DONE,
    onSave: async () => DONE,
    async load(owner) {
      counts.loads++;
      box.owners.push(owner);
      const outcome = await box.onLoad();
      return outcome.ok ? { ok: true, value: box.entries } : outcome;
    },
    async save(owner, all) {
      counts.saves++;
      box.owners.push(owner);
      const outcome = await box.onSave();
      if (outcome.ok) box.entries = all;
      return outcome;
    },
  };
  return box;
}

/** `path=value` of each entry, with its provider where that is not `app`. */
export function contents({ entries }: SnapshotBox): string {
  return entries
    .map(({ provider, key, value }) => `${provider === 'app' ? '' : `${provider}:`}${key.slice(1)}=${value}`)
    .join(' ');
}

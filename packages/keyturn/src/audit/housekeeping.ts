import { endOf, markTorn, removeSegment, type SegmentEnd, type SegmentFile, segmentsOf } from './folder.ts';
import type { AuditRecord, Link } from './record.ts';

/** What stays: so many segments (the newest), or those that were written to within so many milliseconds. */
export type Keep = { readonly segments: number } | { readonly ms: number };

/** What a new segment finds of others in its folder. First it is put on the record, then done. */
export interface Found {
  readonly records: readonly AuditRecord[];
  readonly removed: readonly Link[];
  /** Renames what is torn and removes what is old. */
  act(): Promise<void>;
}

/** A segment that nobody has closed, and that was written to within this time, may still have its writer. */
const IN_USE_MS = 3_600_000;

/** Looks at the segments beside a new one. What cannot be read is somebody else's, and left alone. */
export async function lookAround(folder: string, own: string, keep: Keep | undefined): Promise<Found> {
  const others = await segmentsOf(folder).catch(() => []);
  const torn: [SegmentFile, SegmentEnd][] = [];
  const old: [SegmentFile, SegmentEnd][] = [];
  for (const [index, file] of others.entries()) {
    if (file.segment === own) continue;
    // One that is known to be torn is looked at again only to be removed.
    if (file.torn && !keep) continue;
    const end = await endOf(file).catch(() => undefined);
    if (!end) continue;
    if (keep && isOld(end, others.length - index, keep) && isAtRest(file, end)) old.push([file, end]);
    else if (!file.torn && end.tornBytes > 0 && end.dead) torn.push([file, end]);
  }
  const time = new Date().toISOString();
  const removed = old.map(([, { link }]) => link);
  return {
    records: [
      ...torn.map(([, { link, tornBytes }]) => ({ kind: 'torn', time, bytes: tornBytes, ...link }) as const),
      ...removed.map((link) => ({ kind: 'removed', time, ...link }) as const),
    ],
    removed,
    async act() {
      // Another writer may have done it meanwhile; and what this user may not do stays as it is.
      for (const [file] of torn) await markTorn(file).catch(() => {});
      for (const [file] of old) await removeSegment(file).catch(() => {});
    },
  };
}

/** @param place how many segments there are from this one to the newest. */
function isOld({ writtenAt }: SegmentEnd, place: number, keep: Keep): boolean {
  return 'segments' in keep ? place > keep.segments : Date.now() - writtenAt > keep.ms;
}

function isAtRest({ torn }: SegmentFile, { closed, dead, writtenAt }: SegmentEnd): boolean {
  return closed || torn || (dead && Date.now() - writtenAt > IN_USE_MS);
}

import { endOf, markTorn, removeSegment, type SegmentEnd, type SegmentFile, segmentsOf } from './folder.ts';
import { type AuditRecord, type Link, openedAt } from './record.ts';

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

/**
 * So many of the newest, which a crash can have torn since anybody looked, and of the oldest, which may be due to go: a
 * process that ends at once, such as a job each minute, must not read through years of segments.
 */
const LOOKED_AT = 250;

/** Looks at the segments beside a new one. What cannot be read is somebody else's, and left alone. */
export async function lookAround(folder: string, own: string, keep: Keep | undefined): Promise<Found> {
  const others = await segmentsOf(folder).catch(() => []);
  const torn: [SegmentFile, SegmentEnd][] = [];
  const old: [SegmentFile, SegmentEnd][] = [];
  for (const [index, file] of others.entries()) {
    if (file.segment === own || (index >= LOOKED_AT && index < others.length - LOOKED_AT)) continue;
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
function isOld({ link, writtenAt }: SegmentEnd, place: number, keep: Keep): boolean {
  if ('segments' in keep) return place > keep.segments;
  // Whoever can write the folder can date a file back, and would have us remove it.
  return Date.now() - Math.max(writtenAt, openedAt(link.segment)) > keep.ms;
}

function isAtRest({ torn }: SegmentFile, { closed, dead, writtenAt }: SegmentEnd): boolean {
  return closed || torn || (dead && Date.now() - writtenAt > IN_USE_MS);
}

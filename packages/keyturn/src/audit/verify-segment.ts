import { type Damage, type Diagnosis, diagnose } from './break.ts';
import type { SegmentFile } from './folder.ts';
import { type AuditHead, isSigned, type PublicKeys, readHead } from './head.ts';
import { linesOf } from './lines.ts';
import {
  bodyOf,
  hashOf,
  isCount,
  isSegment,
  type Link,
  linkOf,
  NO_HASH,
  parseRecord,
  prefixOf,
  recordLine,
  SCHEMA,
} from './record.ts';

/** What one segment shows by itself. */
export interface SegmentFindings {
  /** Its last whole record, up to the first damage. */
  readonly end: Link;
  /** The last record that a signature, or a head from outside, vouches for. */
  readonly provenTo: number;
  readonly closed: boolean;
  readonly tornBytes: number;
  readonly damage?: Damage;
  /** The end of the segment that it says it goes on from. */
  readonly after?: Link;
  /** What it says of other segments, with the number of the record that says it. */
  readonly torn: readonly Said[];
  readonly removed: readonly Said[];
  /** The first record that is dated later than now. */
  readonly future?: number;
}

interface Said {
  readonly n: number;
  readonly link: Link;
}

export interface SegmentCheck {
  /** Those that may have signed; undefined: signatures are not looked at. */
  readonly keys: PublicKeys | undefined;
  /** The newest head from outside. */
  readonly head: AuditHead | undefined;
  readonly now: number;
  readonly onBytes?: ((bytes: number) => void) | undefined;
}

/** How far clocks may differ. */
const SKEW_MS = 5 * 60_000;

/** Reads one segment from its beginning to its end. @throws what the file system throws */
export async function verifySegment(file: SegmentFile, check: SegmentCheck): Promise<SegmentFindings> {
  const reader = createReader(file.segment, check);
  for await (const { lines, bytes, tornBytes = 0, tooLong } of linesOf(file.path)) {
    for (const line of lines) reader.take(line);
    if (tornBytes > 0) reader.tear(tornBytes);
    if (tooLong) reader.tooLong();
    check.onBytes?.(bytes);
  }
  return reader.findings();
}

function createReader(segment: string, { keys, head, now }: SegmentCheck) {
  /** Of the lines so far. */
  let at = 0;
  let end: Link = { segment, n: 0, hash: NO_HASH };
  let provenTo = 0;
  let closedAt: number | undefined;
  let tornBytes = 0;
  let damage: Damage | undefined;
  let diagnosis: Diagnosis | undefined;
  let after: Link | undefined;
  let future: number | undefined;
  const torn: Said[] = [];
  const removed: Said[] = [];

  function take(line: Buffer): void {
    at += 1;
    if (damage) return;
    const prefix = prefixOf(line);
    const hash = hashOf(line);
    if (diagnosis) {
      diagnosis.see(at, { prefix, hash });
      return;
    }
    // What the first record of a segment is linked to, only the segment before it can tell.
    const isLinked = prefix?.n === at && (at === 1 || prefix.prev === end.hash);
    if (!isLinked) {
      if (at === 1 && prefix === undefined)
        damage = { what: 'unreadable', line: 1, message: 'is no record of an audit' };
      else diagnosis = diagnose(at, { prefix, hash });
      return;
    }
    const { kind, prev } = prefix;
    damage = kind === 'event' && at > 1 ? eventDamage(line) : controlDamage(line, kind, prev);
    if (damage) return;
    end = { segment, n: at, hash };
    if (head?.n === at) {
      if (head.hash === hash) provenTo = at;
      else damage = rewritten(`is not the one that was signed on ${head.time}`);
    }
  }

  function eventDamage(line: Buffer): Damage | undefined {
    if (closedAt !== undefined) return afterClose();
    noteTime(line);
    const isWhole = line.at(-1) === 125 && line.at(-2) === 125;
    return isWhole ? undefined : changed();
  }

  function controlDamage(line: Buffer, kind: string, prev: string): Damage | undefined {
    const record = parseRecord(line);
    if (record === undefined) return changed();
    if (at === 1) return kind === 'open' ? openDamage(record, prev) : changed();
    const isHeadOfClose = kind === 'head' && closedAt === at - 1;
    if (closedAt !== undefined && !isHeadOfClose) return afterClose();
    noteTime(line);
    switch (kind) {
      case 'head':
        return headDamage(line, record, prev);
      case 'close':
        closedAt = at;
        return undefined;
      case 'dropped':
        return isCount(record.count) ? undefined : changed();
      case 'torn':
      case 'removed': {
        const link = linkOf(record);
        if (!link) return changed();
        (kind === 'torn' ? torn : removed).push({ n: at, link });
        return undefined;
      }
      default:
        return kind === 'open' ? afterClose() : unknownKind();
    }
  }

  function openDamage(record: Readonly<Record<string, unknown>>, prev: string): Damage | undefined {
    if (record.schema !== SCHEMA) {
      const message = `is of schema ${isCount(record.schema) ? record.schema : 'unknown'}, and this version of Keyturn reads ${SCHEMA}: use a newer one`;
      return { what: 'unreadable', line: 1, message };
    }
    if (record.segment !== segment) {
      const found = isSegment(record.segment) ? `segment ${record.segment}` : 'another segment';
      return { what: 'misplaced', line: 1, message: `opens ${found}: files were swapped or renamed` };
    }
    if (record.after === undefined) return prev === NO_HASH ? undefined : changed();
    const { after: said } = record;
    after = typeof said === 'object' && said !== null ? linkOf({ ...said, hash: prev }) : undefined;
    return after ? undefined : changed();
  }

  function headDamage(
    line: Buffer,
    record: Readonly<Record<string, unknown>>,
    prev: string,
  ): Damage | undefined {
    const { time, key, signature } = record;
    const signed = readHead({ kind: 'head', segment, n: at - 1, hash: prev, time, key, signature });
    if (!signed) return changed();
    const body = bodyOf({ kind: 'head', time: signed.time, key: signed.key, signature: signed.signature });
    if (!recordLine(at, prev, body).equals(line)) return changed();
    if (!keys) return undefined;
    const verdict = isSigned(signed, keys);
    if (verdict === undefined) {
      const message = `is signed by the key ${signed.key}, which is not among the given ones: it was another key, or somebody else signed`;
      return { what: 'key', line: at, message };
    }
    if (!verdict) return rewritten('does not fit its signature');
    provenTo = Math.max(provenTo, at - 1);
    return undefined;
  }

  function rewritten(found: string): Damage {
    const message = `${found}: it, or a record after ${provenTo}, was changed and all links were made anew`;
    return { what: 'rewritten', line: at, message };
  }

  const changed = (): Damage => ({
    what: 'changed',
    line: at,
    message: 'was changed: it is no whole record',
  });
  const afterClose = (): Damage => ({
    what: 'inserted',
    line: at,
    message: 'was put in: its writer had closed the segment, or not opened another in it',
  });
  const unknownKind = (): Damage => ({
    what: 'unreadable',
    line: at,
    message: 'is of a kind that this version of Keyturn does not know: use a newer one',
  });

  /** A text in a record cannot look like the key: there, its quotation marks are escaped. */
  function noteTime(line: Buffer): void {
    if (future !== undefined) return;
    const from = line.indexOf('"time":"');
    if (from >= 0 && Date.parse(line.toString('latin1', from + 8, from + 32)) > now + SKEW_MS) future = at;
  }

  return {
    take,
    tear(bytes: number) {
      tornBytes = bytes;
      // What a writer may leave torn behind its close is the head of that, and nothing behind the head.
      if (!damage && !diagnosis && closedAt !== undefined && end.n > closedAt) {
        damage = { ...afterClose(), line: at + 1 };
      }
    },
    tooLong() {
      const message = 'is longer than any record: it was changed, or put in';
      damage ??= diagnosis?.verdict() ?? { what: 'changed', line: at + 1, message };
    },
    findings(): SegmentFindings {
      damage ??= diagnosis?.verdict() ?? truncation();
      const closed = closedAt !== undefined;
      // The damage may be a line off: what the records around it say of other segments is not used against those.
      const soundTo = damage ? damage.line - 2 : Infinity;
      const sound = (said: readonly Said[]) => said.filter(({ n }) => n <= soundTo);
      return {
        end,
        provenTo,
        closed,
        tornBytes,
        torn: sound(torn),
        removed: sound(removed),
        ...(damage && { damage }),
        ...(after && soundTo >= 1 && { after }),
        ...(future !== undefined && { future }),
      };
    },
  };

  function truncation(): Damage | undefined {
    if (!head || head.n <= end.n) return undefined;
    const message = `is gone, and so is what follows up to record ${head.n}, which was signed on ${head.time}: cut off, or an older copy was put back`;
    return { what: 'truncated', line: end.n + 1, message };
  }
}

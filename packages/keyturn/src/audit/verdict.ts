import type { AuditDamage } from './break.ts';
import type { SegmentFile } from './folder.ts';
import type { SegmentFindings } from './verify-segment.ts';

/** A place where the record is not what was written. */
export interface AuditProblem {
  readonly segment: string;
  /** None where the whole segment is missing. */
  readonly file?: string;
  /** The number of the line, which is the number of the record. */
  readonly line?: number;
  readonly what: AuditDamage;
  /** Goes on from the name of the record or the segment. */
  readonly message: string;
}

export interface SegmentVerdict {
  readonly segment: string;
  readonly file: string;
  /** Records up to the end, or to the first damage. */
  readonly records: number;
  /** The last record that a signature or a head from outside vouches for; 0 for none. */
  readonly provenTo: number;
  /** Its writer closed it: a proven end is the end. */
  readonly closed: boolean;
  /** Bytes of a record at the end that was not written whole: its writer was killed, or its machine failed. */
  readonly tornBytes: number;
}

export interface AuditVerdict {
  readonly ok: boolean;
  /** Signatures were looked at; otherwise whoever knows the format can change a record without a trace. */
  readonly signatures: boolean;
  readonly heads: boolean;
  readonly records: number;
  readonly segments: readonly SegmentVerdict[];
  /** The first damage of each segment, in the order of the segments. */
  readonly problems: readonly AuditProblem[];
  /** What is odd and proves nothing. */
  readonly notes: readonly string[];
}

/** A segment with what was found in it. */
export interface Verified {
  readonly file: SegmentFile;
  readonly found: SegmentFindings;
}

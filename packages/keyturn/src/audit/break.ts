import type { Prefix } from './record.ts';

/** What was done to a record, as far as can be told. */
export type AuditDamage =
  | 'changed'
  | 'deleted'
  | 'inserted'
  | 'reordered'
  /** Changed, with all links after it made anew. */
  | 'rewritten'
  /** Records at the end are gone: cut off, or an older copy was put back. */
  | 'truncated'
  /** A whole segment is gone. */
  | 'missing'
  /** It stands under another segment's name. */
  | 'misplaced'
  /** Signed by a key that is not among the given ones. */
  | 'key'
  /** No record of an audit, or one of a version that is not known here. */
  | 'unreadable';

export interface Damage {
  readonly what: AuditDamage;
  readonly line: number;
  readonly message: string;
}

/** A line as what stands around it is judged by. */
export interface Seen {
  readonly prefix: Prefix | undefined;
  readonly hash: string;
}

/** Takes in what follows a line that does not fit, and tells what was done. */
export interface Diagnosis {
  see(line: number, seen: Seen): void;
  verdict(): Damage;
}

/** @param line that of `broken`: the first one that is not record `line`, or not linked to the one before it. */
export function diagnose(line: number, broken: Seen): Diagnosis {
  /** The two lines after it. */
  const next: Seen[] = [];
  /** Where the record that ought to stand here stands. */
  let foundAt: number | undefined;

  return {
    see(at, seen) {
      if (next.length < 2) next.push(seen);
      if (foundAt === undefined && seen.prefix?.n === line) foundAt = at;
    },
    verdict: () => judge(line, broken, next, foundAt),
  };
}

function judge(line: number, broken: Seen, next: readonly Seen[], foundAt: number | undefined): Damage {
  const { prefix, hash } = broken;
  const [first, second] = next;
  if (!prefix) return { what: 'changed', line, message: 'is no record: it was changed, or put in' };
  const { n } = prefix;
  if (n === line) {
    if (first === undefined) {
      const message = `is not linked to the one before it: record ${line - 1} or ${line} was changed`;
      return { what: 'changed', line, message };
    }
    // A record that the next one is linked to is what its writer wrote: it is the one before it that is not.
    return { what: 'changed', line: first.prefix?.prev === hash ? line - 1 : line, message: 'was changed' };
  }
  if (foundAt === line + 1 && second?.prefix?.n === line + 1) {
    return { what: 'inserted', line, message: 'was put in: record numbers go on after it' };
  }
  if (foundAt !== undefined) {
    const message = `was moved: here stands record ${n}, and record ${line} at line ${foundAt}`;
    return { what: 'reordered', line, message };
  }
  if (first?.prefix?.n === line + 1) return { what: 'changed', line, message: 'was changed' };
  if (n > line) {
    const more = n - line === 1 ? '' : `, and so were those up to record ${n - 1}`;
    return { what: 'deleted', line, message: `was deleted${more}` };
  }
  if (n === line - 1) {
    const message = `stands there twice, at lines ${line - 1} and ${line}: one of them was put in`;
    return { what: 'inserted', line: line - 1, message };
  }
  return { what: 'inserted', line, message: `was put in: here stands record ${n} again` };
}

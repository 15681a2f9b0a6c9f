import { DATE_FORM, parseDate } from '@keyturn/core';

/** A line that means nothing to us. The message never quotes the line, which may hold a value. */
export interface LineProblem {
  /** From 1. */
  readonly line: number;
  readonly message: string;
}

/** Collects the comments to Keyturn of a file, whose lines it is given in their order. */
export interface Directives {
  comment(text: string, line: number): void;
  /** When the comments directly above a line say that its value was last changed. */
  above(line: number): Date | undefined;
  /** The comments that said nothing. */
  remarks(): readonly LineProblem[];
}

const DIRECTIVE = /^#+\s*keyturn:\s*(.*?)\s*$/;
const ROTATED = /^rotated=(\S*)$/;

const NO_DIRECTIVE = 'a comment to Keyturn is written "# keyturn: rotated=2026-08-01"; this one is ignored';
const NO_DATE = `the date after "rotated=" cannot be read and is ignored: ${DATE_FORM}`;
const ABOVE_NOTHING =
  'a comment to Keyturn stands directly above the line that it is about; this one is ignored';

export function createDirectives(): Directives {
  const remarks: LineProblem[] = [];
  /** The last date, where it stands, and the line that it is about unless that is a comment too. */
  let last: { readonly rotatedAt: Date; readonly line: number; readonly about: number } | undefined;

  function drop(): void {
    if (last) remarks.push({ line: last.line, message: ABOVE_NOTHING });
    last = undefined;
  }

  return {
    comment(text, line) {
      const said = DIRECTIVE.exec(text)?.[1];
      if (last?.about === line && said === undefined) {
        last = { ...last, about: line + 1 };
        return;
      }
      drop();
      if (said === undefined) return;
      const date = ROTATED.exec(said)?.[1];
      const rotatedAt = parseDate(date);
      if (rotatedAt) last = { rotatedAt, line, about: line + 1 };
      else remarks.push({ line, message: date === undefined ? NO_DIRECTIVE : NO_DATE });
    },
    above(line) {
      const found = last?.about === line ? last.rotatedAt : undefined;
      if (found) last = undefined;
      else drop();
      return found;
    },
    remarks() {
      drop();
      return remarks;
    },
  };
}

import type { Automaton } from './redactor-automaton.ts';

/** Masks one stream of bytes. What comes out is the same however the bytes were cut into chunks. */
export interface RedactorStream {
  /**
   * The next bytes, masked; it may share the chunk's memory. Only a suffix that could begin a value is kept for the
   * next call, so a prompt comes out at once.
   */
  write(chunk: Uint8Array): Uint8Array;
  /** What was kept back. The stream is at its start again. */
  end(): Uint8Array;
}

/** A stream whose values can change while it runs. */
export interface ChangingStream extends RedactorStream {
  /** Masks by this automaton from here on; what was kept back begins its values as well as the old ones. */
  follow(newest: Automaton): void;
}

/** Matches that overlap, as one stretch of the stream: first byte, and the byte after the last. */
interface Stretch {
  readonly start: number;
  readonly end: number;
}

const MASK = new TextEncoder().encode('[secret]');
const NOTHING = new Uint8Array();

/** Masks one stream by the values of an automaton. */
export function redactStream(first: Automaton): ChangingStream {
  let automaton = first;
  let state = 0;
  /** Read and not yet given out. All positions count from its first byte. */
  let kept: Uint8Array = NOTHING;
  /** Ascending, apart from one another, not given out yet. */
  let stretches: Stretch[] = [];
  /** Up to here a mask that is already given out stands for the bytes. */
  let maskedTo = 0;

  function addMatch(from: number, end: number): void {
    let start = from;
    for (let last = stretches.at(-1); last && last.end > from; last = stretches.at(-1)) {
      start = Math.min(start, last.start);
      stretches.pop();
    }
    stretches.push({ start, end });
  }

  /** Gives out `bytes` up to `end`, where the first match still open begins: no later one reaches before it. */
  function giveOut(bytes: Uint8Array, end: number): Uint8Array {
    const parts: Uint8Array[] = [];
    const rest = stretches.filter((stretch) => stretch.start > end);
    for (const stretch of stretches.slice(0, stretches.length - rest.length)) {
      if (stretch.start >= maskedTo) parts.push(bytes.subarray(maskedTo, stretch.start), MASK);
      maskedTo = Math.max(maskedTo, stretch.end);
    }
    if (maskedTo < end) parts.push(bytes.subarray(maskedTo, end));
    kept = bytes.slice(end);
    stretches = rest.map((stretch) => ({ start: stretch.start - end, end: stretch.end - end }));
    maskedTo = Math.max(0, maskedTo - end);
    return parts.length === 1 ? (parts[0] ?? NOTHING) : concatenate(parts);
  }

  function find(bytes: Uint8Array, from: number): void {
    const { step, matched } = automaton;
    let current = state;
    for (let at = from; at < bytes.length; at++) {
      current = step(current, bytes[at] ?? 0);
      const length = matched[current] ?? 0;
      if (length > 0) addMatch(at + 1 - length, at + 1);
    }
    state = current;
  }

  return {
    write(chunk) {
      const bytes = kept.length > 0 ? concatenate([kept, chunk]) : chunk;
      find(bytes, kept.length);
      return giveOut(bytes, bytes.length - (automaton.depth[state] ?? 0));
    },
    end() {
      const rest = giveOut(kept, kept.length);
      state = 0;
      return rest;
    },
    follow(newest) {
      if (newest === automaton) return;
      automaton = newest;
      state = 0;
      stretches = [];
      find(kept, 0);
    },
  };
}

export function concatenate(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** One thing asked of a provider. */
export interface Check {
  /** Says what a sound provider does; stable, so that a list of expected failures can hold it. */
  readonly name: string;
  /** Rejects with an `AssertionError` when the provider does otherwise. */
  run(): Promise<void>;
}

/** One thing that is not asked, and why. */
export interface NotApplicable {
  readonly name: string;
  readonly reason: string;
}

/** A cell of the matrix of checks and subjects: a check, or the reason why there is none. */
export type Cell = Check | NotApplicable;

export function cell(name: string, reason: string | undefined, run: () => Promise<void>): Cell {
  return reason === undefined ? { name, run } : { name, reason };
}

import type { ErrorCode, Fetched, Outcome, Provider } from '../../src/index.ts';

/** A call that waits for its answer from the test. */
export interface HeldCall {
  readonly paths: readonly string[];
  readonly signal: AbortSignal;
  /** Answers each path by itself. */
  respond(outcomeOf: (path: string) => Outcome<Fetched>): void;
  /** Answers each path with a value, or with a code where one is given for it. */
  answer(value: string, codes?: Readonly<Record<string, ErrorCode>>): void;
}

/** A provider that retries nothing, and whose calls hang until the test answers them or they are aborted. */
export function held(): Provider & { readonly calls: HeldCall[] } {
  const calls: HeldCall[] = [];
  return {
    contract: 1,
    kind: 'held',
    batchSize: Infinity,
    concurrency: Infinity,
    params: [],
    retries: 'own',
    classify: () => undefined,
    calls,
    fetch: (locators, { signal }) =>
      new Promise((resolve) => {
        const paths = locators.map(({ path }) => path);
        const respond: HeldCall['respond'] = (outcomeOf) => resolve(paths.map(outcomeOf));
        const answer: HeldCall['answer'] = (value, codes = {}) =>
          respond((path) => {
            const code = codes[path];
            return code ? { ok: false, code } : { ok: true, value: { value } };
          });
        calls.push({ paths, signal, respond, answer });
      }),
  };
}

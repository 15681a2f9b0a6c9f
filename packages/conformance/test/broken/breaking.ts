import type { Fetched, FetchOptions, Locator, Outcome, Provider } from '../../../core/src/provider.ts';
import type { Subject } from '../../src/index.ts';
import { soundSubject } from '../subjects.ts';

/** A provider with one mistake, and the checks that see it. */
export interface Broken {
  readonly name: string;
  readonly subject: Subject;
  readonly caughtBy: readonly string[];
}

type Fetches = readonly Outcome<Fetched>[];

/** Breaks how a sound provider reads. */
export function reads(
  breaks: (provider: Provider) => (locators: readonly Locator[], options: FetchOptions) => Promise<Fetches>,
): Subject {
  return soundSubject((provider) => ({ ...provider, fetch: breaks(provider) }));
}

/** Breaks the outcomes of a sound provider. */
export function answers(breaks: (outcomes: Fetches) => Fetches): Subject {
  return reads((provider) => async (locators, options) => breaks(await provider.fetch(locators, options)));
}

/** Breaks each value that is found. */
export function values(breaks: (value: Fetched['value']) => Fetched['value']): Subject {
  return answers((outcomes) =>
    eachFound(outcomes, (fetched) => ({ ...fetched, value: breaks(fetched.value) })),
  );
}

/** Breaks each text that is found. */
export function texts(breaks: (text: string) => Fetched['value']): Subject {
  return values((value) => (typeof value === 'string' ? breaks(value) : value));
}

export function eachFound<T>(outcomes: readonly Outcome<T>[], change: (value: T) => T): Outcome<T>[] {
  return outcomes.map((outcome) => (outcome.ok ? { ok: true, value: change(outcome.value) } : outcome));
}

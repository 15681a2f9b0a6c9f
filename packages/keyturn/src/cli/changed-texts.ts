import { setTimeout as delay } from 'node:timers/promises';
import { ConfigError, ResolveError } from '@keyturn/core';
import { checkEnvironment } from './child-env.ts';
import { say } from './output.ts';
import type { Project } from './project.ts';
import { resolveTexts, type StoredText } from './stored-text.ts';

export interface WatchTimes {
  /** The longest time between two checks; each is shorter by up to a tenth, at random. In milliseconds, above 0. */
  readonly intervalMs: number;
  /** How long nothing may have changed any more, in milliseconds. */
  readonly settleMs: number;
}

/** New texts of a project's secrets: all of them, and what says which have changed since the last. */
export interface Change {
  readonly texts: readonly StoredText[];
  /** Such as `DATABASE_URL changed (version 3), KEY changed`. */
  readonly summary: string;
}

/** The longest that a timer can wait; beyond it Node would fire at once. */
const LONGEST_TIMER = 2 ** 31 - 1;

/**
 * Yields whenever a text has changed and then stayed the same for the settle time. All secrets are read together, and
 * either all of them are right or none is new: a set that can't be read, does not fit its schema, or can't be handed
 * over is told on stderr, once for as long as it fails with the same codes, and tried again.
 * Ends when the signal aborts.
 */
export async function* changedTexts(
  project: Project,
  first: readonly StoredText[],
  { intervalMs, settleMs }: WatchTimes,
  signal: AbortSignal,
): AsyncGenerator<Change, undefined, undefined> {
  let known = first;
  let told = '';

  async function readAfter(ms: number): Promise<readonly StoredText[] | undefined> {
    await delay(Math.min(ms, LONGEST_TIMER), undefined, { signal, ref: false });
    try {
      const texts = await resolveTexts(project, { fresh: true, signal });
      checkEnvironment(Object.fromEntries(texts.map(({ name, value }) => [name, value])));
      told = '';
      return texts;
    } catch (error) {
      signal.throwIfAborted();
      const { reason, message } = whyNot(error);
      if (reason !== told) say(`keyturn: ${message}; the command goes on with the values it has`);
      told = reason;
      return undefined;
    }
  }

  try {
    for (;;) {
      let texts = await readAfter(intervalMs * (1 - 0.1 * Math.random()));
      for (let before = known; texts && changedNames(before, texts).length > 0; ) {
        before = texts;
        texts = await readAfter(settleMs);
      }
      const names = texts ? changedNames(known, texts) : [];
      if (texts === undefined || names.length === 0) continue;
      known = texts;
      yield { texts, summary: summaryOf(names, texts) };
    }
  } catch (error) {
    if (!signal.aborted) throw error;
    return undefined;
  }
}

function changedNames(before: readonly StoredText[], after: readonly StoredText[]): readonly string[] {
  const old = new Map(before.map(({ name, value }) => [name, value]));
  const now = new Map(after.map(({ name, value }) => [name, value]));
  return [...new Set([...old.keys(), ...now.keys()])].filter((name) => old.get(name) !== now.get(name));
}

function summaryOf(names: readonly string[], texts: readonly StoredText[]): string {
  const changes = names.map((name) => {
    const version = texts.find((text) => text.name === name)?.version;
    return `${name} changed${version === undefined ? '' : ` (version ${version})`}`;
  });
  return changes.join(', ');
}

/** What to say of a set of texts that is none, and what tells one reason from another. */
function whyNot(error: unknown): { readonly reason: string; readonly message: string } {
  if (error instanceof ResolveError) {
    const failures = error.failures.map(({ name, code, message }) => `${name}: ${code}: ${message}`);
    const codes = new Set(error.failures.map(({ code }) => code));
    return { reason: [...codes].sort().join(), message: failures.join('; ') };
  }
  if (error instanceof ConfigError) {
    const problems = error.problems.map(({ place, message }) => `${place}: ${message}`);
    return { reason: error.code, message: problems.join('; ') };
  }
  // Not one of ours: its message may quote anything.
  const message = `unexpected ${error instanceof Error ? error.name : typeof error}`;
  return { reason: message, message };
}

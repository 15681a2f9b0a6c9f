import { closeSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { conformance, notApplicable, runWith, type Subject } from '../src/index.ts';
import { brokenAnswers } from './broken/answers.ts';
import { texts } from './broken/breaking.ts';
import { brokenCalls, files, handles } from './broken/calls.ts';
import { brokenFaults } from './broken/faults.ts';
import { fieldsSubject, memorySubject, soundSubject } from './subjects.ts';

/** Runs every check and gives the names of those that fail. */
async function failing(subject: Subject): Promise<string[]> {
  const names: string[] = [];
  for (const { name, run } of conformance(subject)) {
    await run().catch(() => names.push(name));
  }
  return names;
}

async function failureOf(subject: Subject, name: string): Promise<unknown> {
  const check = conformance(subject).find((candidate) => candidate.name === name);
  return check?.run().then(
    () => 'passed',
    (error: unknown) => (error instanceof Error ? error.message : error),
  );
}

/** Gives text as the bytes that the store has, as `file` does. */
const bytes = texts((text) => new TextEncoder().encode(text));

describe('memory', () => runWith(it, memorySubject()));
describe('memory, one locator a call', () => runWith(it, memorySubject(undefined, 1)));
describe('memory, three locators a call', () => runWith(it, memorySubject(undefined, 3)));
describe('a provider with all that the contract has', () => runWith(it, soundSubject()));
describe('a provider of bytes', () => runWith(it, bytes));
describe('a provider of fields', () => runWith(it, fieldsSubject()));

describe('a broken provider is caught by the right check and by no other', () => {
  // Vitest fails a run for any unhandled rejection, and one of these providers makes some.
  let listeners: NodeJS.UnhandledRejectionListener[];
  const ignore = () => {};
  beforeEach(() => {
    listeners = process.listeners('unhandledRejection');
    process.removeAllListeners('unhandledRejection').on('unhandledRejection', ignore);
  });
  afterEach(() => {
    process.removeAllListeners('unhandledRejection');
    for (const listener of listeners) process.on('unhandledRejection', listener);
    for (const handle of handles.splice(0)) clearInterval(handle);
    for (const file of files.splice(0)) closeSync(file);
  });

  it.each([...brokenAnswers, ...brokenCalls, ...brokenFaults])('$name', async ({ subject, caughtBy }) => {
    expect(await failing(subject)).toEqual(caughtBy);
  });
});

describe('the list', () => {
  it('has every check under a name of its own, and each in one of two lists', () => {
    const subject = memorySubject();
    const names = [...conformance(subject), ...notApplicable(subject)].map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    expect(names.length).toBe(conformance(fieldsSubject()).length + notApplicable(fieldsSubject()).length);
  });

  it('gives the reasons of what is declared away, and asks none of it', () => {
    const subject: Subject = {
      ...memorySubject(),
      cannot: { empty: 'the store refuses it', check: 'any path is legal', dispose: 'it holds nothing open' },
      largest: { bytes: 4096, reason: 'a standard parameter holds 4 KiB' },
      faults: { ...memorySubject().faults, Disabled: 'a parameter is there or not' },
      hangs: 'it makes no call',
    };
    expect(notApplicable(subject)).toEqual([
      { name: 'keeps an empty value', reason: 'the store refuses it' },
      { name: 'keeps a value of 65536 bytes', reason: 'a standard parameter holds 4 KiB' },
      { name: 'keeps fields as they are', reason: 'the store keeps text, not fields' },
      { name: 'checks paths purely and idempotently', reason: 'any path is legal' },
      { name: 'ends a call that is aborted while it waits', reason: 'it makes no call' },
      { name: 'disposes before its first use, and twice after it', reason: 'it holds nothing open' },
      { name: 'opens anew after its disposal', reason: 'it holds nothing open' },
      { name: 'tells Disabled', reason: 'a parameter is there or not' },
    ]);
    const names = conformance(subject).map(({ name }) => name);
    expect(names).toContain('keeps a value of 4096 bytes');
    for (const { name } of notApplicable(subject)) expect(names).not.toContain(name);
  });

  it.each([
    ['check', 'checks paths purely and idempotently'],
    ['dispose', 'disposes before its first use, and twice after it'],
  ])('says that a subject should declare a missing %s', async (ability, name) => {
    const message = await failureOf({ ...memorySubject(), cannot: {} }, name);
    expect(message).toMatch(/: the subject should say so in `cannot\.\w+`$/);
    expect(message).toContain(`\`cannot.${ability}\``);
  });

  it('says that a store which should hang has answered', async () => {
    const subject: Subject = { ...memorySubject(), hangs: memorySubject().faults.InvalidValue ?? 'never' };
    expect(await failureOf(subject, 'ends a call that is aborted while it waits')).toBe(
      'the store that should hang has answered',
    );
  });

  it('waits for a call to reach the store that hangs', async () => {
    const states: string[] = [];
    const subject = memorySubject((store) => ({
      ...store,
      fetch: (locators, options) => {
        options.signal.addEventListener('abort', () => states.push('aborted'));
        return store.fetch(locators, options);
      },
    }));
    const { hangs } = subject;
    if (typeof hangs === 'string') return expect.unreachable(hangs);
    let arrive = () => {};
    const reached = new Promise<void>((resolve) => {
      arrive = () => {
        states.push('reached');
        resolve();
      };
    });
    const slow: Subject = { ...subject, hangs: async () => ({ ...(await hangs()), reached }) };
    const check = failureOf(slow, 'ends a call that is aborted while it waits');
    for (let turn = 0; turn < 5; turn += 1) await new Promise((done) => setImmediate(done));
    arrive();
    expect(await check).toBe('passed');
    expect(states).toEqual(['reached', 'aborted']);
  });
});

describe('what is opened is closed', () => {
  it('listens for unhandled rejections only while it looks for them', async () => {
    const before = process.listeners('unhandledRejection');
    expect(await failureOf(soundSubject(), 'leaves no rejection unhandled')).toBe('passed');
    expect(process.listeners('unhandledRejection')).toEqual(before);
  });

  it('disposes of provider and store, also when a check fails', async () => {
    const closed: string[] = [];
    const subject = memorySubject((store) => ({
      ...store,
      kind: 'No Kind',
      [Symbol.asyncDispose]: async () => void closed.push('provider'),
    }));
    const watched: Subject = {
      ...subject,
      cannot: {},
      open: async () => ({
        ...(await subject.open()),
        [Symbol.asyncDispose]: async () => void closed.push('store'),
      }),
    };
    expect(await failureOf(watched, 'says what it is')).toContain('`kind` is not in kebab-case');
    expect(closed).toEqual(['provider', 'store']);
  });
});

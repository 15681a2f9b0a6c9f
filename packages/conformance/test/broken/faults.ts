import { canary } from '../../src/index.ts';
import { soundSubject } from '../subjects.ts';
import { answers, type Broken, eachFound, reads } from './breaking.ts';

const tells = (...codes: readonly string[]) => codes.map((code) => `tells ${code}`);

/** Broken in how they tell faults, and in what they show of a value. */
export const brokenFaults: readonly Broken[] = [
  {
    name: 'swallows every error as absent',
    subject: reads((provider) => async (locators, options) => {
      try {
        const outcomes = await provider.fetch(locators, options);
        return outcomes.map((outcome) => (outcome.ok ? outcome : { ok: false, code: 'NotFound' }));
      } catch {
        return locators.map(() => ({ ok: false, code: 'NotFound' }));
      }
    }),
    caughtBy: tells(
      'AccessDenied',
      'Unauthenticated',
      'Throttled',
      'Unavailable',
      'Disabled',
      'InvalidValue',
    ),
  },
  {
    name: 'knows no denial',
    subject: soundSubject((provider) => ({
      ...provider,
      classify(error) {
        const told = provider.classify(error);
        return told?.code === 'AccessDenied' ? undefined : told;
      },
    })),
    caughtBy: tells('AccessDenied'),
  },
  {
    name: 'waits for no number of milliseconds',
    subject: answers((outcomes) =>
      outcomes.map((outcome) =>
        !outcome.ok && outcome.code === 'Throttled' ? { ...outcome, retryAfterMs: Number.NaN } : outcome,
      ),
    ),
    caughtBy: tells('Throttled'),
  },
  {
    name: 'calls every error Unavailable',
    subject: soundSubject((provider) => ({
      ...provider,
      classify: (error) => provider.classify(error) ?? { code: 'Unavailable' },
    })),
    caughtBy: ['classifies no error that it does not know'],
  },
  {
    name: 'throws at an error that is none',
    subject: soundSubject((provider) => ({
      ...provider,
      classify: (error) => (Reflect.has(error as object, 'stack') ? provider.classify(error) : undefined),
    })),
    caughtBy: ['classifies no error that it does not know'],
  },
  {
    name: 'gives the value as its version',
    subject: soundSubject((provider) => ({
      ...provider,
      fetch: async (locators, options) =>
        eachFound(await provider.fetch(locators, options), ({ value }) => ({
          value,
          metadata: { version: `v${value}` },
        })),
      describe: async (locators, options) =>
        eachFound((await provider.describe?.(locators, options)) ?? [], () => ({})),
    })),
    caughtBy: ['shows a value nowhere but in its place'],
  },
  {
    name: 'warns of a value, in Base64',
    subject: soundSubject((provider) => ({
      ...provider,
      fetch: async (locators, options) =>
        eachFound(await provider.fetch(locators, options), (fetched) => {
          options.warn(`took ${Buffer.from(String(fetched.value)).toString('base64')} for text`);
          return fetched;
        }),
    })),
    caughtBy: ['shows a value nowhere but in its place'],
  },
  {
    name: "quotes a value in a fault's message",
    subject: soundSubject((provider) => ({
      ...provider,
      classify(error) {
        const told = provider.classify(error);
        return told && { ...told, message: `cannot read ${canary}` };
      },
    })),
    caughtBy: ['shows a value nowhere but in its place'],
  },
];

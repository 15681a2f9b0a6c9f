import { openSync } from 'node:fs';
import type { Locator } from '../../../core/src/provider.ts';
import type { Subject } from '../../src/index.ts';
import { soundSubject } from '../subjects.ts';
import { type Broken, reads } from './breaking.ts';

/** What `leaves a timer running` has started, for the test to clear. */
export const handles: NodeJS.Timeout[] = [];

/** What `leaves a file open` has opened, for the test to close. */
export const files: number[] = [];

const never = 'not asked here';

/** Takes away all that would follow the disposal of the store. */
const faultless: Pick<Subject, 'faults' | 'hangs'> = {
  faults: {
    AccessDenied: never,
    Unauthenticated: never,
    Throttled: never,
    Unavailable: never,
    Disabled: never,
  },
  hangs: never,
};

/** Broken in `check`, aborts, disposal, and in what they leave behind. */
export const brokenCalls: readonly Broken[] = [
  {
    name: 'has a canonical form that is not',
    subject: soundSubject((provider) => ({
      ...provider,
      check: ({ path, params }) => ({ locator: { path: `secret/${path}`, params } }),
      fetch: (locators, options) => provider.fetch(locators.map(unprefixed), options),
      describe: async (locators, options) => provider.describe?.(locators.map(unprefixed), options) ?? [],
    })),
    caughtBy: ['checks paths purely and idempotently'],
  },
  {
    name: 'changes the locator that it checks',
    subject: soundSubject((provider) => ({
      ...provider,
      check: (locator) => ({ locator: Object.assign(locator, { path: locator.path.trim() }) }),
    })),
    caughtBy: ['checks paths purely and idempotently'],
  },
  {
    name: 'checks by its mood',
    subject: soundSubject((provider) => {
      let alone = false;
      return {
        ...provider,
        check: (locator) => {
          alone = !alone;
          return { locator, alone };
        },
      };
    }),
    caughtBy: ['checks paths purely and idempotently'],
  },
  {
    name: 'makes a call to check',
    subject: soundSubject((provider) => ({
      ...provider,
      check: (locator) => {
        setTimeout(() => {}, 1);
        return { locator };
      },
    })),
    caughtBy: ['checks paths purely and idempotently'],
  },
  {
    name: 'does not look whether it is aborted already',
    subject: reads((provider) => (locators, options) => {
      const controller = new AbortController();
      options.signal.addEventListener('abort', () => controller.abort(options.signal.reason));
      return provider.fetch(locators, { ...options, signal: controller.signal });
    }),
    caughtBy: ['ends a call that is aborted before it begins'],
  },
  {
    name: 'does not hear an abort and hangs',
    subject: reads((provider) => async (locators, options) => {
      options.signal.throwIfAborted();
      return provider.fetch(locators, { ...options, signal: new AbortController().signal });
    }),
    caughtBy: ['ends a call that is aborted while it waits'],
  },
  {
    name: 'warns of an abort when the call is over',
    subject: reads((provider) => (locators, options) => {
      options.signal.addEventListener('abort', () => setImmediate(() => options.warn('aborted')));
      return provider.fetch(locators, options);
    }),
    caughtBy: ['ends a call that is aborted while it waits'],
  },
  {
    name: 'disposes only of what it has opened',
    subject: soundSubject((provider) => {
      let open = false;
      return {
        ...provider,
        fetch(locators, options) {
          open = true;
          return provider.fetch(locators, options);
        },
        async [Symbol.asyncDispose]() {
          if (!open) throw new Error('not open');
          await provider[Symbol.asyncDispose]?.();
        },
      };
    }),
    caughtBy: ['disposes before its first use, and twice after it'],
  },
  {
    name: 'throws at a second disposal',
    subject: soundSubject((provider) => {
      let open: boolean | undefined;
      return {
        ...provider,
        fetch(locators, options) {
          open = true;
          return provider.fetch(locators, options);
        },
        async [Symbol.asyncDispose]() {
          if (open === false) throw new Error('closed already');
          open = false;
          await provider[Symbol.asyncDispose]?.();
        },
      };
    }),
    caughtBy: ['disposes before its first use, and twice after it'],
  },
  {
    name: 'is dead after its disposal',
    subject: soundSubject((provider) => {
      let dead = false;
      return {
        ...provider,
        async fetch(locators, options) {
          if (dead) throw new Error('disposed of');
          return provider.fetch(locators, options);
        },
        async [Symbol.asyncDispose]() {
          dead = true;
          await provider[Symbol.asyncDispose]?.();
        },
      };
    }),
    caughtBy: ['opens anew after its disposal'],
  },
  {
    name: 'leaves a rejection behind',
    subject: reads((provider) => (locators, options) => {
      Promise.reject(new Error('nobody listens'));
      return provider.fetch(locators, options);
    }),
    caughtBy: ['leaves no rejection unhandled'],
  },
  {
    name: 'leaves a rejection behind as it is disposed of',
    subject: {
      ...soundSubject((provider) => ({
        ...provider,
        async [Symbol.asyncDispose]() {
          Promise.reject(new Error('nobody listens'));
          await provider[Symbol.asyncDispose]?.();
        },
      })),
      ...faultless,
    },
    caughtBy: ['leaves no rejection unhandled'],
  },
  {
    name: 'leaves a timer running',
    subject: reads((provider) => (locators, options) => {
      handles.push(setInterval(() => {}, 60_000));
      return provider.fetch(locators, options);
    }),
    caughtBy: ['leaves nothing open after its disposal'],
  },
  {
    name: 'leaves a file open',
    subject: reads((provider) => (locators, options) => {
      files.push(openSync(process.execPath, 'r'));
      return provider.fetch(locators, options);
    }),
    // Elsewhere no system tells which files are open.
    caughtBy: process.platform === 'linux' ? ['leaves nothing open after its disposal'] : [],
  },
];

function unprefixed({ path, params }: Locator): Locator {
  return { path: path.replace(/^secret\//, ''), params };
}

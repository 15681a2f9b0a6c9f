import { setImmediate } from 'node:timers/promises';
import { inspect } from 'node:util';
import { canary } from '@keyturn/conformance';
import {
  type Classified,
  createResolver,
  type Outcome,
  type Provider,
  ResolveError,
  type Resolver,
  Secret,
} from '@keyturn/core';
import { watchHandles } from '../../packages/conformance/src/handles.ts';
import { leaksIn as findLeaks } from '../leaks/search.ts';
import type { Expiring, Provoked } from './matrix.ts';

/** What came of reading before a fault. */
export interface Finding {
  readonly code: string;
  readonly message: string;
  readonly hint: string;
  /** What the provider told core of the store's Retry-After. */
  readonly retryAfterMs: number | undefined;
  /** Everything that no fault may bring along; empty where all is well. */
  readonly problems: readonly string[];
}

/** How long a handle may take to close. */
const CLOSING_MS = 3_000;

const OWN_KEYS: readonly (string | symbol)[] = ['stack', 'message', 'failures'];

/** Reads once through core and says how it failed. `timeout` is that of the call. */
export async function examine(provoked: Provoked, timeout: string): Promise<Finding> {
  const { path, hidden = [], around = (read) => read() } = provoked;
  const told: (Outcome<unknown> | Classified)[] = [];
  const { ended: error, problems } = await watch(
    eavesdropped(provoked.provider, told),
    timeout,
    hidden,
    async (resolver) => {
      const [settled] = await Promise.allSettled([around(() => resolver.resolve(`store://${path}`))]);
      return settled.status === 'rejected' ? settled.reason : undefined;
    },
  );
  problems.push(...leaksIn(error, hidden));
  problems.push(...shown('what the provider tells core', print(told), hidden));
  const retryAfterMs = told
    .flatMap((each) => ('retryAfterMs' in each ? (each.retryAfterMs ?? []) : []))
    .at(0);
  if (!(error instanceof ResolveError)) {
    problems.push(error === undefined ? 'resolves' : 'rejects with something else than a ResolveError');
    return { code: '', message: '', hint: '', retryAfterMs, problems };
  }
  // A vendor's error never leaves core, not even as `cause`.
  const foreign = Reflect.ownKeys(error).filter((key) => !OWN_KEYS.includes(key));
  if (foreign.length > 0) problems.push(`the error carries ${foreign.map(String).join(', ')}`);
  const [failure, ...more] = error.failures;
  if (more.length > 0) problems.push('has more than one failure for one name');
  const { code = '', message = '', hint = '' } = failure ?? {};
  if (hint === '') problems.push('has no hint');
  return { code, message, hint, retryAfterMs, problems };
}

/** Reads, lets the credential end, reads again: problems unless that took exactly one new login. */
export async function examineExpiry(expiring: Expiring, timeout: string): Promise<readonly string[]> {
  const { provider, path, hidden = [] } = expiring;
  const { ended, problems } = await watch(provider, timeout, hidden, async (resolver) => {
    const found: string[] = [];
    const read = async (which: string) => {
      const [settled] = await Promise.allSettled([resolver.resolve(`store://${path}`)]);
      const value = settled.status === 'fulfilled' ? settled.value : undefined;
      if (value instanceof Secret && value.reveal() === canary) return;
      found.push(`${which} read does not give the value`);
      if (settled.status === 'rejected') found.push(...leaksIn(settled.reason, hidden));
    };
    await read('the first');
    const before = expiring.logins();
    await expiring.expire();
    await read('the second');
    const logins = expiring.logins() - before;
    if (logins !== 1) found.push(`${logins} new logins instead of one`);
    return found;
  });
  return [...ended, ...problems];
}

/** Runs `work` with a resolver, and says what it left behind in the process. */
async function watch<T>(
  provider: Provider,
  timeout: string,
  hidden: readonly string[],
  work: (resolver: Resolver) => Promise<T>,
): Promise<{ ended: T; problems: string[] }> {
  const warnings: Error[] = [];
  let rejections = 0;
  const onRejection = () => {
    rejections += 1;
  };
  const onWarning = (warning: Error) => void warnings.push(warning);
  process.on('unhandledRejection', onRejection).on('warning', onWarning);
  try {
    const handles = watchHandles();
    const resolver = createResolver({ providers: { store: provider }, timeout, retry: false, cache: false });
    const ended = await work(resolver);
    await resolver.close();
    const open = await handles.leftOpen(CLOSING_MS);
    // Two turns: what was rejected by now and is not handled has been told.
    await setImmediate();
    await setImmediate();
    const problems = warnings.flatMap((warning) =>
      leaksIn(warning, hidden).map((leak) => `a warning: ${leak}`),
    );
    if (rejections > 0) problems.push(`${rejections} rejected promises are not handled`);
    if (open.length > 0) problems.push(`still open after close(): ${open.join(', ')}`);
    return { ended, problems };
  } finally {
    process.off('unhandledRejection', onRejection).off('warning', onWarning);
  }
}

/** Where an error shows `canary` or one of `hidden`, plain or encoded. */
export function leaksIn(error: unknown, hidden: readonly string[] = []): string[] {
  return [
    ...shown('inspect()', print(error), hidden),
    ...shown('JSON', JSON.stringify(error) ?? '', hidden),
    ...shown('the text', String(error), hidden),
    ...shown('the stack', error instanceof Error ? String(error.stack) : '', hidden),
  ];
}

function shown(where: string, text: string, hidden: readonly string[]): string[] {
  return findLeaks(text, [canary, ...hidden]).length > 0 ? [`${where} shows a value or a credential`] : [];
}

function print(subject: unknown): string {
  return inspect(subject, {
    showHidden: true,
    getters: true,
    depth: 20,
    maxStringLength: null,
    maxArrayLength: null,
    breakLength: Number.POSITIVE_INFINITY,
  });
}

/** The same provider; `told` gets each failure that it hands to core. */
function eavesdropped(provider: Provider, told: (Outcome<unknown> | Classified)[]): Provider {
  return {
    ...provider,
    async fetch(locators, options) {
      const outcomes = await provider.fetch(locators, options);
      told.push(...outcomes.filter(({ ok }) => !ok));
      return outcomes;
    },
    classify(error) {
      const classified = provider.classify(error);
      if (classified) told.push(classified);
      return classified;
    },
  };
}

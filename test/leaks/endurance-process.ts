// A process that resolves many times while its store rotates, fails and hangs and callers leave half-way, and prints
// what it holds on to after each tenth: `node --expose-gc endurance-process.ts <resolves> [leak]`.
import { getEventListeners } from 'node:events';
import { setImmediate, setTimeout as sleep } from 'node:timers/promises';
import { as, createResolver, memory } from '../../packages/core/src/index.ts';
import type { EnduranceReport, Holding } from './endurance.ts';

const [, , resolves = '100000', leak] = process.argv;
const WINDOWS = 10;
const TOGETHER = 100;
const NAMES = 60;
const batches = Number(resolves) / WINDOWS / TOGETHER;

const names = Array.from({ length: NAMES }, (_, index) => `s${index}`);
const store = memory(Object.fromEntries(names.map((name) => [name, '0'])), { batchSize: 10, latency: 1 });
const resolver = createResolver({
  providers: { app: store },
  timeout: 8,
  // Longer than the whole run, so that a timer that is not cleared shows.
  deadline: '10m',
  retry: { baseDelay: 1, throttledBaseDelay: 1, maxDelay: 2, budget: 1_000 },
  // So short that values are fresh, stale, bridged and gone within each window; fewer entries than names.
  cache: { ttl: 20, staleWhileRevalidate: 10, staleIfError: 60, negativeTtl: 5, maxEntries: NAMES - 10 },
  onWarning: () => count('warned'),
});
const longLived = new AbortController();
const { signal } = longLived;
const counts: Record<string, number> = {};

const manifest = Object.fromEntries(names.slice(0, 20).map((name) => [name, `app://${name}`]));
const converted = {
  NUMBER: { ref: 'app://s20', as: as.integer() },
  PLAIN: { ref: 'app://s21', sensitive: false, cache: { ttl: 5 } },
  ABSENT: { ref: 'app://absent', optional: true },
};

function count(what: string): void {
  counts[what] = (counts[what] ?? 0) + 1;
}

/** One resolve out of all the ways to ask, by its number. */
async function resolveOne(turn: number): Promise<unknown> {
  const reference = `app://s${turn % NAMES}`;
  switch (turn % 8) {
    case 0:
      return await resolver.resolve(reference);
    case 1:
      return await resolver.resolve(manifest);
    case 2:
      return await resolver.resolve(reference, { signal });
    case 3:
      return await resolver.resolve(converted, { signal, deadline: 10 });
    case 4:
      return await resolver.resolveWithMetadata(reference, { signal }).then((detailed) => {
        count(detailed.source);
        return detailed;
      });
    case 5:
      return await resolver.resolveSettled({ A: reference, B: 'app://absent' }, { signal, deadline: 10 });
    case 6:
      return await resolver.resolve(reference, { signal, fresh: true });
    default: {
      const caller = new AbortController();
      const resolving = resolver.resolve(reference, { signal: caller.signal, fresh: turn % 16 === 7 });
      void setImmediate().then(() => caller.abort());
      return await resolving;
    }
  }
}

/** What goes on at the store between two batches. */
function disturb(batch: number): void {
  const name = `s${batch % NAMES}`;
  store.calls.length = 0;
  store.set(name, String(batch));
  store.set('s0', String(batch));
  if (batch % 5 === 0) store.fail(name, 'Throttled', 1);
  if (batch % 7 === 0) store.fail('*', 'Unavailable', 6);
  if (batch % 11 === 0) store.spoil(name, 'AccessDenied', 2);
  if (batch % 50 === 0) store.fail('*', 'hang', 8);
  if (batch % 13 === 0) resolver.invalidate(batch % 2 === 0 ? `app://${name}` : undefined);
}

/** What to break, to see that it is found. */
const plants: Readonly<Record<string, () => void>> = {
  'answers are kept': () => {
    keep = (answer) => kept.push(answer);
  },
  'signals are not let go': () => {
    signal.removeEventListener = () => {};
  },
  'timers are not cleared': () => {
    globalThis.clearTimeout = () => {};
  },
};
const kept: unknown[] = [];
let keep = (_answer: unknown): unknown => undefined;

function tally(names: readonly string[]): Record<string, number> {
  const counted: Record<string, number> = {};
  for (const name of names) counted[name] = (counted[name] ?? 0) + 1;
  return counted;
}

async function hold(done: number): Promise<Holding> {
  // Until reads in the background have ended; what is planted never does.
  for (let wait = 0; wait < 100 && process.getActiveResourcesInfo().includes('Timeout'); wait++) {
    await sleep(1);
  }
  const { gc } = globalThis;
  if (gc === undefined) throw new Error('run with --expose-gc');
  for (let round = 0; round < 3; round++) {
    await setImmediate();
    gc();
  }
  return {
    resolves: done,
    heap: process.memoryUsage().heapUsed,
    resources: tally(process.getActiveResourcesInfo()),
    listeners: getEventListeners(signal, 'abort').length,
  };
}

async function run(): Promise<EnduranceReport> {
  const handle = await resolver.handle('app://s0', (secret) => ({ secret }), {
    close: () => count('closed'),
  });
  const windows: Holding[] = [];
  let turn = 0;
  for (let window = 0; window < WINDOWS; window++) {
    for (let batch = 0; batch < batches; batch++) {
      disturb(batch);
      const together = Array.from({ length: TOGETHER }, () => resolveOne(turn++).then(keep));
      for (const ended of await Promise.allSettled(together)) count(endingOf(ended));
      if (batch % 10 === 0) await handle.refresh().catch(() => count('not refreshed'));
    }
    store.mend();
    windows.push(await hold(turn));
  }
  return { windows, counts };
}

/** The name of the error or, where there is none, `resolved`. */
function endingOf(ended: PromiseSettledResult<unknown>): string {
  if (ended.status === 'fulfilled') return 'resolved';
  return ended.reason instanceof Error ? ended.reason.name : typeof ended.reason;
}

if (leak !== undefined) {
  const plant = plants[leak];
  if (plant === undefined) throw new Error(`there is no leak "${leak}"`);
  plant();
}
const report = await run();
await resolver.close();
console.log(JSON.stringify(report));
// What is planted can keep the process alive; all else ends by itself.
if (leak !== undefined) process.exit();

import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { as, memory, type Resolver, type WithSecretOptions } from '../src/index.ts';
import { countListeners } from './support/abort-listeners.ts';
import { settle, stopClocks } from './support/clocks.ts';
import { warned } from './support/warnings.ts';

stopClocks();

class Rejected extends Error {
  readonly password: string;
  constructor(password: string) {
    super('password authentication failed');
    this.password = password;
  }
}

const isRejected = (error: unknown) => error instanceof Rejected;
const ALL = ['app://current', 'app://pending', 'app://previous'];

/** A database that takes the passwords in `accepts`, and all that it was shown. */
function database(...accepts: string[]) {
  const shown: string[] = [];
  const db = {
    accepts: new Set(accepts),
    shown,
    async connect(password: string): Promise<string> {
      shown.push(password);
      await settle();
      if (!db.accepts.has(password)) throw new Rejected(password);
      return `connected with ${password}`;
    },
    /** Connects through a resolver. */
    through: (resolver: Resolver, references: string | string[], options: Partial<WithSecretOptions> = {}) =>
      resolver.withSecret(references, (secret) => db.connect(secret.reveal()), { isRejected, ...options }),
  };
  return db;
}

/** Runs the clock until the work has ended. */
async function ended<T>(work: Promise<T>): Promise<T> {
  let running = true;
  const done = work.finally(() => {
    running = false;
  });
  done.catch(() => {});
  while (running) {
    await settle();
    await vi.advanceTimersByTimeAsync(10);
  }
  return done;
}

describe('the order of tries', () => {
  it('what is accepted costs no more than a resolve', async () => {
    const app = memory({ current: 'v1' });
    const { resolver } = warned({ app });
    const db = database('v1');
    expect(await db.through(resolver, 'app://current')).toBe('connected with v1');
    expect(await db.through(resolver, ALL.slice(0, 1))).toBe('connected with v1');
    expect([app.calls.length, vi.getTimerCount()]).toEqual([1, 0]);
  });

  it('the current one, as the cache has it; then as the store has it', async () => {
    const app = memory({ current: 'v1', pending: 'v3' });
    const { resolver } = warned({ app });
    await resolver.resolve('app://current');
    app.set('current', 'v2');
    const db = database('v2');
    expect(await ended(db.through(resolver, ALL))).toBe('connected with v2');
    expect(db.shown).toEqual(['v1', 'v2']);
    expect(app.calls.map(({ paths }) => paths.join())).toEqual(['current', 'current']);
    expect((await resolver.resolve('app://current')).reveal()).toBe('v2');
  });

  it('then the other references, as they are listed', async () => {
    const app = memory({ current: 'v1', pending: 'v2', previous: 'v0' });
    const { resolver } = warned({ app });
    const db = database('v0');
    expect(await ended(db.through(resolver, ALL))).toBe('connected with v0');
    expect(db.shown).toEqual(['v1', 'v2', 'v0']);
    expect(app.calls.map(({ paths }) => paths.join())).toEqual(['current', 'current', 'pending', 'previous']);
  });

  it('a value is tried once in a round, wherever it is stored, and again in the next', async () => {
    const app = memory({ current: 'v1', pending: 'v2', previous: 'v1' });
    const { resolver } = warned({ app });
    const db = database();
    const work = db.through(resolver, ALL);
    await settle();
    await settle();
    await expect.poll(() => db.shown).toEqual(['v1', 'v2']);
    db.accepts.add('v1');
    expect(await ended(work)).toBe('connected with v1');
    expect(db.shown).toEqual(['v1', 'v2', 'v1']);
  });

  it.each(['NotFound', 'Disabled'] as const)(
    'a reference that is %s is passed over in silence',
    async (code) => {
      const app = memory({ current: 'v1', pending: 'v2', previous: 'v0' });
      const { resolver, warnings } = warned({ app });
      const db = database('v0');
      app.fail('pending', code);
      expect(await ended(db.through(resolver, ALL))).toBe('connected with v0');
      expect([db.shown, warnings]).toEqual([['v1', 'v0'], []]);
    },
  );

  it.each(['AccessDenied', 'Unavailable', 'Unknown'] as const)(
    'one that fails otherwise too, with one warning: %s',
    async (code) => {
      const app = memory({ current: 'v1', pending: 'v2', previous: 'v0' });
      const { resolver, warnings } = warned({ app });
      const db = database('v0');
      app.fail('pending', { code, message: 'because' });
      for (const _time of [1, 2]) {
        expect(await ended(db.through(resolver, ALL))).toBe('connected with v0');
      }
      expect(warnings).toEqual([`memory: app://pending: ${code}: because; passed over`]);
    },
  );

  it('a default does not stand in for a version that is not there', async () => {
    const app = memory({ current: 'v1', previous: 'v0' });
    const { resolver } = warned({ app }, { allowDefaults: true });
    const db = database('v0');
    const connect = resolver.withSecret(ALL, (secret) => db.connect(secret.reveal()), {
      default: 'default',
      isRejected,
    });
    expect(await ended(connect)).toBe('connected with v0');
    expect(db.shown).toEqual(['v1', 'v0']);
  });

  it('converts every version', async () => {
    const app = memory({ current: '{"n":1}', pending: '{"n":2}' });
    const { resolver } = warned({ app });
    const seen: number[] = [];
    const work = resolver.withSecret(
      ['app://current#n', 'app://pending#n'],
      (n) => {
        seen.push(n);
        if (n === 1) throw new Rejected('1');
        return n * 21;
      },
      { as: as.integer(), sensitive: false, isRejected },
    );
    expect([await ended(work), seen]).toEqual([42, [1, 2]]);
  });
});

describe('what it rejects with', () => {
  it('an error that is no rejection goes through at once, as it is', async () => {
    const app = memory({ current: 'v1', pending: 'v2' });
    const { resolver } = warned({ app });
    const error = new Error('out of connections');
    for (const use of [
      () => Promise.reject(error),
      (): never => {
        throw error;
      },
    ]) {
      await expect(resolver.withSecret(ALL, use, { isRejected })).rejects.toBe(error);
    }
    expect(app.calls).toHaveLength(1);
    const later = resolver.withSecret(
      ALL,
      (secret) => Promise.reject(secret.reveal() === 'v2' ? error : new Rejected('')),
      { isRejected },
    );
    await expect(ended(later)).rejects.toBe(error);
    await vi.advanceTimersByTimeAsync(200);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('a first reference that cannot be resolved', async () => {
    const { resolver } = warned({ app: memory({ pending: 'v2' }) });
    await expect(database().through(resolver, ALL)).rejects.toThrow(
      /^1 secret could not be resolved:\n {2}app:\/\/current: NotFound: not found in app \(memory\)\n/,
    );
  });

  it.each([
    [undefined, 10_000],
    ['2s', 2_000],
  ])('the last rejection, when the time is over: within %s', async (within, limit) => {
    const app = memory({ current: 'v1', pending: 'v2' });
    const { resolver, warnings } = warned({ app });
    const db = database();
    const errors: unknown[] = [];
    const start = performance.now();
    const work = db.through(resolver, ALL, {
      within,
      isRejected: (error) => errors.push(error) > 0 && isRejected(error),
    });
    const error = await ended(work).catch((error: unknown) => error);
    expect(error).toBe(errors.at(-1));
    expect(error).toBeInstanceOf(Rejected);
    const took = performance.now() - start;
    expect(took).toBeGreaterThan(limit - 1);
    expect(took).toBeLessThan(limit + 100);
    await vi.advanceTimersByTimeAsync(200);
    expect([warnings, vi.getTimerCount()]).toEqual([[], 0]);
  });

  it('the time begins with the first rejection, and cuts no use short', async () => {
    const app = memory({ current: 'v1' });
    const { resolver } = warned({ app });
    let tries = 0;
    const work = resolver.withSecret(
      'app://current',
      async () => {
        await new Promise((resolve) => setTimeout(resolve, 60_000));
        tries++;
        if (tries === 1) throw new Rejected('');
        return tries;
      },
      { within: '1s', isRejected },
    );
    app.set('current', 'v2');
    expect(await ended(work)).toBe(2);
  });

  it('a store that hangs during the window: the rejection, when the time is over', async () => {
    const app = memory({ current: 'v1' });
    const { resolver, warnings } = warned({ app });
    await resolver.resolve('app://current');
    app.fail('current', 'hang');
    const start = performance.now();
    await expect(ended(database().through(resolver, ALL, { within: '1s' }))).rejects.toThrow(Rejected);
    expect([performance.now() - start < 1_100, warnings]).toEqual([true, []]);
    await settle();
    expect(vi.getTimerCount()).toBe(1);
    await vi.advanceTimersByTimeAsync(200);
    expect(vi.getTimerCount()).toBe(0);
  });

  it.each([
    ['before it begins', 'before'],
    ['while it uses', 'use'],
    ['while it reads anew', 'reread'],
    ['in a pause', 'pause'],
  ])('an abort, at once, with its reason: %s', async (_when, state) => {
    const app = memory({ current: 'v1' });
    const { resolver, warnings } = warned({ app });
    const abort = new AbortController();
    const { signal } = abort;
    await resolver.resolve('app://current');
    if (state === 'before') abort.abort('left');
    if (state === 'reread') app.fail('current', 'hang');
    const rejected = new Rejected('v1');
    const use = vi.fn(() => (state === 'use' ? new Promise(() => {}) : Promise.reject(rejected)));
    const judge = vi.fn(() => true);
    const work = resolver.withSecret('app://current', use, { isRejected: judge, signal });
    const outcome = vi.fn();
    work.catch(outcome);
    for (let turn = 0; turn < 5; turn++) await settle();
    expect([use.mock.calls.length, outcome.mock.calls.length]).toEqual(state === 'before' ? [0, 1] : [1, 0]);
    abort.abort('left');
    await expect(work).rejects.toBe('left');
    expect(judge).not.toHaveBeenCalledWith('left');
    await vi.advanceTimersByTimeAsync(200);
    expect([vi.getTimerCount(), warnings]).toEqual([0, []]);
  });

  it('the rejection, when the resolver is closed; no call is made after that', async () => {
    const app = memory({ current: 'v1' });
    const { resolver, warnings } = warned({ app });
    const db = database();
    const work = db.through(resolver, 'app://current');
    const rejected = expect(work).rejects.toThrow(Rejected);
    for (let turn = 0; turn < 5; turn++) await settle();
    expect(app.calls).toHaveLength(2);
    await resolver.close();
    await rejected;
    expect([app.calls.length, warnings]).toEqual([2, []]);
    await expect(db.through(resolver, 'app://current')).rejects.toThrow(
      'the resolver is closed: make another',
    );
  });
});

describe('re-reads', () => {
  it('50 that are rejected at once share one, whatever they convert to', async () => {
    const app = memory({ current: '"v1"' });
    const { resolver } = warned({ app });
    await resolver.resolve('app://current');
    app.set('current', '"v2"');
    const db = database('v2');
    const all = Array.from({ length: 50 }, () =>
      resolver.withSecret('app://current', (secret) => db.connect(String(secret.reveal())), {
        as: as.json(),
        isRejected,
      }),
    );
    expect(new Set(await ended(Promise.all(all)))).toEqual(new Set(['connected with v2']));
    expect(app.calls).toHaveLength(2);
  });

  it('50 rejections a second are at most 5 reads a second of each reference', async () => {
    const app = memory({ current: 'v1', pending: 'v2' });
    const { resolver } = warned({ app });
    await resolver.resolve('app://current');
    app.calls.length = 0;
    const db = database();
    const all: Promise<unknown>[] = [];
    const begun: number[] = [];
    const fetch = app.fetch;
    vi.spyOn(app, 'fetch').mockImplementation((locators, options) => {
      if (locators[0]?.path === 'current') begun.push(performance.now());
      return fetch(locators, options);
    });
    for (let turn = 0; turn < 250; turn++) {
      all.push(db.through(resolver, ALL.slice(0, 2), { within: '2s' }).catch((error: unknown) => error));
      await settle();
      await vi.advanceTimersByTimeAsync(20);
    }
    await ended(Promise.all(all));
    const gaps = begun.slice(1).map((at, index) => at - (begun[index] ?? 0));
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(200);
    expect(begun.length).toBeGreaterThan(20);
    expect(begun.length).toBeLessThanOrEqual(36);
  });

  it('one that leaves does not end it for the others; the last one does', async () => {
    const app = memory({ current: 'v1' });
    const { resolver } = warned({ app });
    await resolver.resolve('app://current');
    app.fail('current', 'hang');
    const fetch = vi.spyOn(app, 'fetch');
    const db = database('v2');
    const [one, two] = [new AbortController(), new AbortController()];
    const works = [one, two].map(({ signal }) => db.through(resolver, 'app://current', { signal }));
    for (let turn = 0; turn < 5; turn++) await settle();
    expect(fetch).toHaveBeenCalledTimes(1);
    const signal = fetch.mock.calls[0]?.[1].signal;
    one.abort('one');
    await expect(works[0]).rejects.toBe('one');
    expect(signal?.aborted).toBe(false);
    two.abort('two');
    await expect(works[1]).rejects.toBe('two');
    await settle();
    expect(signal?.aborted).toBe(true);
    // And whoever comes then asks anew.
    app.mend();
    app.set('current', 'v2');
    expect(await ended(db.through(resolver, 'app://current'))).toBe('connected with v2');
  });

  it('what one asks not to keep, another who asks at the same time keeps', async () => {
    const app = memory({ current: 'v1' });
    const { resolver } = warned({ app });
    await resolver.resolve('app://current');
    let open = () => {};
    const rejecting = new Promise<void>((resolve) => {
      open = resolve;
    });
    const connect = (cache?: false) =>
      resolver.withSecret(
        'app://current',
        async (secret) => {
          await rejecting;
          if (secret.reveal() !== 'v2') throw new Rejected(secret.reveal());
        },
        { cache, isRejected },
      );
    const first = connect(false);
    await settle();
    const connected = Promise.all([first, connect()]);
    await settle();
    app.set('current', 'v2');
    open();
    await ended(connected);
    const { value, source } = await resolver.resolveWithMetadata('app://current');
    expect([value.reveal(), source]).toEqual(['v2', 'cache']);
  });

  it('1,000 rotations leave neither timer nor listener', async () => {
    const app = memory({ current: 'v0' });
    const { resolver } = warned({ app });
    const listeners = countListeners();
    const { signal } = new AbortController();
    const db = database('v0');
    await db.through(resolver, ALL, { signal });
    for (let version = 1; version <= 1_000; version++) {
      app.set('current', `v${version}`);
      db.accepts = new Set([`v${version}`]);
      expect(await db.through(resolver, ALL, { signal })).toBe(`connected with v${version}`);
      await vi.advanceTimersByTimeAsync(200);
    }
    expect([vi.getTimerCount(), listeners(), app.calls.length]).toEqual([0, 0, 1_001]);
  });
});

describe('a rotation', () => {
  it('whenever its steps come, with one user and three references nobody fails', async () => {
    // https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotate-secrets_lambda-functions.html
    const gap = fc.integer({ min: 0, max: 3_000 });
    const cache = fc.constantFrom(false as const, { ttl: '5m', jitter: 0 }, { ttl: '500ms', jitter: 0 });
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(gap, gap, gap), { minLength: 1, maxLength: 3 }),
        fc.array(fc.integer({ min: 0, max: 15_000 }), { minLength: 1, maxLength: 20 }),
        cache,
        async (rotations, arrivals, cache) => {
          const app = memory({ current: 'v0' });
          const { resolver, warnings } = warned({ app }, { cache });
          const db = database('v0');
          const begin = performance.now();
          const until = (at: number) =>
            new Promise((resolve) => setTimeout(resolve, begin + at - performance.now()));
          const rotating = (async () => {
            let at = 0;
            const wait = (milliseconds: number) => {
              at += milliseconds;
              return until(at);
            };
            for (const [index, [create, set, finish]] of rotations.entries()) {
              const next = `v${index + 1}`;
              await wait(create);
              app.set('pending', next);
              await wait(set);
              db.accepts = new Set([next]);
              await wait(finish);
              app.set('previous', `v${index}`);
              app.set('current', next);
              app.delete('pending');
            }
          })();
          const connecting = arrivals.map(async (at) => {
            await until(at);
            return db.through(resolver, ALL);
          });
          await ended(Promise.all([rotating, ...connecting]));
          await resolver.close();
          expect(warnings).toEqual([]);
          await vi.advanceTimersByTimeAsync(200);
          expect(vi.getTimerCount()).toBe(0);
        },
      ),
      { numRuns: 40 },
    );
  }, 60_000);
});

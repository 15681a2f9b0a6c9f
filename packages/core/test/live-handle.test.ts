import { beforeEach, describe, expect, it, vi } from 'vitest';
import {
  as,
  ConfigError,
  type Handle,
  type HandleOptions,
  memory,
  type ResolverOptions,
} from '../src/index.ts';
import { countListeners } from './support/abort-listeners.ts';
import { pass, settle, stopClocks } from './support/clocks.ts';
import { warned } from './support/warnings.ts';

stopClocks();
beforeEach(() => {
  vi.spyOn(Math, 'random').mockReturnValue(0);
});

const MINUTE = 60_000;

interface Client {
  readonly password: string;
}

/** A promise, and how to settle it. */
function gate<T = void>() {
  let resolve: (value: T) => void = () => {};
  let reject: (reason: unknown) => void = () => {};
  const promise = new Promise<T>((...settlers) => {
    [resolve, reject] = settlers;
  });
  return { promise, resolve, reject };
}

/** Time passes, and all that it sets off happens. */
async function later(milliseconds: number): Promise<void> {
  await settle();
  pass(milliseconds);
  await settle();
}

/** A store with one secret, and a handle on it that logs what becomes of its clients. */
async function open(
  options: HandleOptions<Client> & {
    build?: (password: string) => Client | Promise<Client>;
    resolver?: Omit<ResolverOptions, 'providers'>;
  } = {},
) {
  const { build = (password) => ({ password }), resolver: resolverOptions = {}, ...others } = options;
  const app = memory({ x: 'v1' });
  const log: string[] = [];
  const { resolver, warnings } = warned({ app }, resolverOptions);
  const handle: Handle<Client> = await resolver.handle(
    'app://x',
    (secret) => {
      log.push(`build ${secret.reveal()}`);
      return build(secret.reveal());
    },
    { close: ({ password }) => log.push(`close ${password}`), ...others },
  );
  const current = () => handle.use(({ password }) => password);
  return { app, log, resolver, warnings, handle, current };
}

describe('a client of the newest version', () => {
  it('is built before the old one is closed, within the interval', async () => {
    const { app, log, current, handle } = await open();
    app.set('x', 'v2');
    await later(MINUTE - 1);
    expect(await current()).toBe('v1');
    await later(1);
    expect([await current(), log]).toEqual(['v2', ['build v1', 'build v2', 'close v1']]);
    await later(MINUTE);
    await later(MINUTE);
    expect([app.calls.length, log.length]).toEqual([4, 3]);
    await handle.close();
  });

  it('gets the converted secret, and gives what the work gives', async () => {
    const app = memory({ x: '{"n":2}' });
    const { resolver } = warned({ app });
    const handle = await resolver.handle('app://x#n', async (n) => ({ n }), {
      as: as.integer(),
      sensitive: false,
    });
    expect(await handle.use(async ({ n }) => n * 21)).toBe(42);
    const error = new Error('of the work');
    await expect(handle.use(() => Promise.reject(error))).rejects.toBe(error);
    await resolver.close();
  });

  it('the old one is closed when its last user is done; new users get the new one', async () => {
    const { app, log, current, handle } = await open();
    const [one, two] = [gate(), gate()];
    const used = [handle.use(() => one.promise), handle.use(() => two.promise)];
    app.set('x', 'v2');
    await handle.refresh();
    expect([await current(), log]).toEqual(['v2', ['build v1', 'build v2']]);
    one.resolve();
    await settle();
    expect(log).toHaveLength(2);
    two.reject('a work that fails is done too');
    await expect(Promise.all(used)).rejects.toBe('a work that fails is done too');
    await settle();
    expect(log).toEqual(['build v1', 'build v2', 'close v1']);
    await handle.close();
    expect(vi.getTimerCount()).toBe(0);
  });

  it('the old one is closed after drainTimeout, used or not', async () => {
    const { app, log, handle, warnings } = await open({ drainTimeout: '5s' });
    void handle.use(() => new Promise(() => {}));
    void handle.use(() => new Promise(() => {}));
    app.set('x', 'v2');
    await handle.refresh();
    await later(4_999);
    expect([log, warnings]).toEqual([['build v1', 'build v2'], []]);
    await later(1);
    expect(log).toEqual(['build v1', 'build v2', 'close v1']);
    expect(warnings).toEqual([
      'memory: app://x: a client is closed after 5000 ms of draining though 2 calls of use() still run',
    ]);
    await handle.close();
  });

  it('a client that needs no closing needs no close', async () => {
    const { app, current, handle, warnings } = await open({ close: undefined });
    app.set('x', 'v2');
    await handle.refresh();
    expect([await current(), warnings]).toEqual(['v2', []]);
    await handle.close();
  });

  it('a first version from the cache is checked at once', async () => {
    const app = memory({ x: 'v1' });
    const { resolver } = warned({ app });
    await resolver.resolve('app://x');
    app.set('x', 'v2');
    const handle = await resolver.handle('app://x', (secret) => secret.reveal());
    expect([await handle.use((client) => client), app.calls.length]).toEqual(['v1', 1]);
    await later(1);
    expect([await handle.use((client) => client), app.calls.length]).toEqual(['v2', 2]);
    await resolver.close();
  });
});

describe('builds', () => {
  it('what the first one throws is what handle() rejects with', async () => {
    const error = new Error('canary-error');
    const build = () => Promise.reject(error);
    const opened = open({ build });
    await expect(opened).rejects.toBe(error);
    const { resolver } = warned({ app: memory({ x: 'v1' }) });
    const thrown = resolver.handle('app://x', () => {
      throw error;
    });
    await expect(thrown).rejects.toBe(error);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('when one fails, the old client stays; each check tries again, and one warning tells', async () => {
    let broken = true;
    const { app, log, current, handle, warnings } = await open({
      build(password) {
        if (password !== 'v1' && broken) throw new Error(`canary-error ${password}`);
        return { password };
      },
    });
    app.set('x', 'v2');
    await later(MINUTE);
    await later(MINUTE);
    expect([await current(), log]).toEqual(['v1', ['build v1', 'build v2', 'build v2']]);
    expect(warnings).toEqual([
      'memory: app://x: build() failed for its new version; the client in use stays, and each check tries again',
    ]);
    broken = false;
    await later(MINUTE);
    expect([await current(), log.slice(3)]).toEqual(['v2', ['build v2', 'close v1']]);
    broken = true;
    app.set('x', 'v3');
    await later(MINUTE);
    expect(warnings).toHaveLength(2);
    expect(warnings.join()).not.toContain('canary-error');
    await handle.close();
  });

  it('one that never ends blocks neither use() nor the version after', async () => {
    const hung = gate<Client>();
    const { app, log, current, handle, warnings } = await open({
      build: (password) => (password === 'v2' ? hung.promise : { password }),
    });
    app.set('x', 'v2');
    await later(MINUTE);
    await later(MINUTE);
    expect([await current(), log]).toEqual(['v1', ['build v1', 'build v2']]);
    app.set('x', 'v3');
    await later(MINUTE);
    expect([await current(), log.slice(2)]).toEqual(['v3', ['build v3', 'close v1']]);
    hung.resolve({ password: 'v2' });
    await settle();
    expect([await current(), log.slice(4), warnings]).toEqual(['v3', ['close v2'], []]);
    await handle.close();
  });

  it('one that is not wanted any more is not used: the value is as before', async () => {
    const hung = gate<Client>();
    const { app, log, current, handle } = await open({
      build: (password) => (password === 'v2' ? hung.promise : { password }),
    });
    app.set('x', 'v2');
    await later(MINUTE);
    app.set('x', 'v1');
    await later(MINUTE);
    hung.resolve({ password: 'v2' });
    await settle();
    expect([await current(), log]).toEqual(['v1', ['build v1', 'build v2', 'close v2']]);
    await handle.close();
  });

  it("what one throws that is not wanted any more is nobody's affair", async () => {
    const hung = gate<Client>();
    const { app, handle, warnings } = await open({
      build: (password) => (password === 'v2' ? hung.promise : { password }),
    });
    app.set('x', 'v2');
    await later(MINUTE);
    app.set('x', 'v1');
    await later(MINUTE);
    hung.reject(new Error('canary-error'));
    await settle();
    expect(warnings).toEqual([]);
    await handle.close();
  });
});

describe('checks', () => {
  it('when one fails, the client stays: one warning for each streak', async () => {
    const { app, current, handle, warnings } = await open();
    for (const streak of [1, 2]) {
      app.fail('x', { code: 'AccessDenied', message: 'because' });
      await later(MINUTE);
      await later(MINUTE);
      expect([await current(), warnings.length]).toEqual(['v1', streak]);
      app.mend();
      await later(MINUTE);
    }
    expect(warnings[0]).toBe(
      'memory: app://x: AccessDenied: because; for its handle the client in use stays',
    );
    app.set('x', 'v2');
    await later(MINUTE);
    expect(await current()).toBe('v2');
    await handle.close();
  });

  it('a secret that cannot be resolved rejects handle()', async () => {
    const { resolver } = warned({ app: memory() });
    await expect(resolver.handle('app://x', () => 0)).rejects.toThrow(
      /^1 secret could not be resolved:\n {2}app:\/\/x: NotFound: not found in app \(memory\)\n/,
    );
  });

  it('refresh() checks now, once for all who ask, and ends with the new client in use', async () => {
    const building = gate<Client>();
    const { app, current, handle } = await open({
      build: (password) => (password === 'v2' ? building.promise : { password }),
    });
    app.set('x', 'v2');
    const ended = vi.fn();
    const refreshed = [1, 2, 3].map(() => handle.refresh().then(ended));
    await settle();
    expect([app.calls.length, ended.mock.calls.length]).toEqual([2, 0]);
    building.resolve({ password: 'v2' });
    await Promise.all(refreshed);
    expect(await current()).toBe('v2');
    await handle.close();
  });

  it('refresh() does not reject: not for a failing store, not for a failing build, not once closed', async () => {
    const { app, handle, warnings } = await open({
      build(password) {
        if (password === 'v2') throw new Error('v2');
        return { password };
      },
    });
    app.fail('x', 'Unavailable', 1);
    await handle.refresh();
    app.set('x', 'v2');
    await handle.refresh();
    expect(warnings).toHaveLength(2);
    await handle.close();
    await handle.refresh();
    expect(app.calls).toHaveLength(3);
  });

  it('a listener of warnings that throws does not end them', async () => {
    const onWarning = () => {
      throw new Error('from the listener');
    };
    const { app, current, handle } = await open({ resolver: { onWarning } });
    app.fail('x', 'Unavailable', 1);
    await later(MINUTE);
    app.set('x', 'v2');
    await later(MINUTE);
    expect(await current()).toBe('v2');
    await handle.close();
  });

  it('come after the interval, up to a tenth earlier', async () => {
    vi.mocked(Math.random).mockReturnValue(0.5);
    const { app, handle } = await open({ interval: '10s' });
    for (const calls of [2, 3]) {
      await later(9_499);
      expect(app.calls).toHaveLength(calls - 1);
      await later(1);
      expect(app.calls).toHaveLength(calls);
    }
    await handle.close();
  });
});

describe('the end', () => {
  it('close() ends the checks, waits for the users and closes the client, once', async () => {
    const { app, log, handle } = await open();
    const work = gate();
    const used = handle.use(() => work.promise);
    const closed = vi.fn();
    const closing = [handle.close(), handle[Symbol.asyncDispose]()].map((end) => end.then(closed));
    await expect(handle.use(() => 0)).rejects.toThrow(
      new ConfigError([{ place: '', message: 'the handle of app://x is closed: make another' }]),
    );
    await settle();
    expect([log, closed.mock.calls.length]).toEqual([['build v1'], 0]);
    work.resolve();
    await Promise.all([used, ...closing]);
    expect(log).toEqual(['build v1', 'close v1']);
    await later(10 * MINUTE);
    expect([app.calls.length, vi.getTimerCount()]).toEqual([1, 0]);
  });

  it.each([
    [
      'throws',
      () => {
        throw new Error('canary-error');
      },
      'closing a client failed',
    ],
    ['rejects', () => Promise.reject(new Error('canary-error')), 'closing a client failed'],
    ['never ends', () => new Promise(() => {}), 'closing a client has not ended after 5000 ms'],
  ])('a close that %s holds nothing up for longer than drainTimeout', async (_what, close, message) => {
    const { app, current, handle, warnings } = await open({ close, drainTimeout: '5s' });
    app.set('x', 'v2');
    await handle.refresh();
    expect(await current()).toBe('v2');
    const closed = vi.fn();
    const closing = handle.close().then(closed);
    await later(5_000);
    expect(closed).toHaveBeenCalled();
    await closing;
    expect(warnings).toEqual(Array.from({ length: 2 }, () => `memory: app://x: ${message}`));
    expect(vi.getTimerCount()).toBe(0);
  });

  it('close() during a check, or a build, does not use what comes of it', async () => {
    const building = gate<Client>();
    const { app, log, handle, warnings } = await open({
      build: (password) => (password === 'v2' ? building.promise : { password }),
    });
    app.set('x', 'v2');
    const refreshed = handle.refresh();
    await settle();
    await handle.close();
    await refreshed;
    expect(log).toEqual(['build v1', 'build v2', 'close v1']);
    building.resolve({ password: 'v2' });
    await settle();
    expect(log.slice(3)).toEqual(['close v2']);

    const other = await open();
    other.app.fail('x', 'hang');
    const checking = other.handle.refresh();
    await settle();
    await other.handle.close();
    await checking;
    expect([warnings, other.warnings, vi.getTimerCount()]).toEqual([[], [], 0]);
  });

  it('close() at any moment of a change: each client that was built is closed, once', async () => {
    for (let turns = 0; turns < 60; turns++) {
      const { app, log, handle } = await open();
      app.set('x', 'v2');
      pass(MINUTE);
      for (let turn = 0; turn < turns; turn++) await Promise.resolve();
      await handle.close();
      await settle();
      const built = log.filter((line) => line.startsWith('build')).map((line) => line.slice(6));
      const closed = log.filter((line) => line.startsWith('close')).map((line) => line.slice(6));
      expect(closed.toSorted()).toEqual(built);
      expect(vi.getTimerCount()).toBe(0);
    }
  });

  it('the resolver closes its handles, before its providers', async () => {
    const log: string[] = [];
    const app = {
      ...memory({ x: 'v1' }),
      async [Symbol.asyncDispose]() {
        log.push('provider');
      },
    };
    const { resolver, warnings } = warned({ app });
    for (const name of ['a', 'b']) {
      await resolver.handle('app://x', () => name, {
        async close(client) {
          await settle();
          log.push(client);
        },
      });
    }
    const closedBefore = await resolver.handle('app://x', () => 'c', { close: (client) => log.push(client) });
    await closedBefore.close();
    await resolver.close();
    expect([log, warnings, vi.getTimerCount()]).toEqual([['c', 'a', 'b', 'provider'], [], 0]);
    await expect(resolver.handle('app://x', () => 0)).rejects.toThrow('the resolver is closed: make another');
  });

  it('the resolver closes during the first build: what is still built is closed', async () => {
    const building = gate<string>();
    const closed: string[] = [];
    const { resolver } = warned({ app: memory({ x: 'v1' }) });
    const opening = resolver.handle('app://x', () => building.promise, {
      close: (client) => closed.push(client),
    });
    await settle();
    const rejected = expect(opening).rejects.toThrow('the resolver was closed');
    await resolver.close();
    await rejected;
    building.resolve('late');
    await settle();
    expect([closed, vi.getTimerCount()]).toEqual([['late'], 0]);
  });

  it('100 handles that were opened and closed leave neither timer nor listener', async () => {
    const app = memory({ x: 'v1' });
    const { resolver } = warned({ app });
    const listeners = countListeners();
    const handles = await Promise.all(
      Array.from({ length: 100 }, () => resolver.handle('app://x', (secret) => secret.reveal())),
    );
    app.set('x', 'v2');
    await Promise.all(handles.map((handle) => handle.refresh()));
    expect(vi.getTimerCount()).toBe(100);
    await Promise.all(handles.map((handle) => handle.close()));
    expect([vi.getTimerCount(), listeners()]).toEqual([0, 0]);
  });
});

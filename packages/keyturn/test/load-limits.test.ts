import { afterEach, describe, expect, it, vi } from 'vitest';
import { type Config, type LoadOptions, load, memory, ResolveError } from '../src/index.ts';

async function failure(config: Config, options?: LoadOptions): Promise<ResolveError> {
  const error = await load(config, options).catch((caught: unknown) => caught);
  if (error instanceof ResolveError) return error;
  throw error;
}

describe('deadline and timeout', () => {
  afterEach(() => {
    vi.useRealTimers();
    vi.restoreAllMocks();
  });

  /** When a load from a store that never answers gives up, in milliseconds, and what it says. */
  async function givenUp(config: Partial<Config>, options: LoadOptions = {}) {
    vi.useFakeTimers();
    const store = memory({ KEY: 'canary' });
    store.fail('KEY', 'hang');
    const start = Date.now();
    const loading = failure(
      {
        environments: { base: { providers: { app: store } }, ...config.environments },
        secrets: { KEY: 'app://KEY' },
        retry: false,
        ...(config.deadline !== undefined && { deadline: config.deadline }),
        ...(config.timeout !== undefined && { timeout: config.timeout }),
      },
      { environment: 'base', ...options },
    ).then(({ failures: [first] }) => ({
      after: Date.now() - start,
      code: first?.code,
      message: first?.message,
    }));
    await vi.advanceTimersByTimeAsync(100_000);
    return loading;
  }

  it('a load takes 30 s at most, a call 3 s', async () => {
    expect(await givenUp({ timeout: '60s' })).toEqual({
      after: 30_000,
      code: 'Unavailable',
      message: 'no answer within the deadline of 30000 ms',
    });
    expect(await givenUp({})).toEqual({
      after: 3_000,
      code: 'Unavailable',
      message: 'no answer within 3000 ms',
    });
  });

  it.each<[string, Partial<Config>, LoadOptions, number]>([
    ["the config's", { deadline: '1s' }, {}, 1_000],
    [
      "the inherited environment's before the config's",
      { deadline: '1s', environments: { mid: { extends: 'base', deadline: '2s' }, top: { extends: 'mid' } } },
      { environment: 'top' },
      2_000,
    ],
    [
      "the environment's own before that",
      {
        deadline: '1s',
        environments: { mid: { extends: 'base', deadline: '2s' }, top: { extends: 'mid', deadline: 2_500 } },
      },
      { environment: 'top' },
      2_500,
    ],
    ["the caller's before all", { deadline: '1s' }, { deadline: '2.9s' }, 2_900],
  ])('the deadline is %s', async (_, config, options, after) => {
    const message = `no answer within the deadline of ${after} ms`;
    expect(await givenUp(config, options)).toEqual({ after, code: 'Unavailable', message });
  });

  it('so is the timeout', async () => {
    const environments = { top: { extends: 'base', timeout: '2s' } };
    const gaveUp = (options: LoadOptions) => givenUp({ timeout: '1s', environments }, options);
    expect(await gaveUp({})).toMatchObject({ after: 1_000, message: 'no answer within 1000 ms' });
    expect(await gaveUp({ environment: 'top' })).toMatchObject({ after: 2_000 });
    expect(await gaveUp({ environment: 'top', timeout: 500 })).toMatchObject({ after: 500 });
  });

  it('calls are made again until the deadline, as the nearest retry says', async () => {
    vi.useFakeTimers();
    vi.spyOn(Math, 'random').mockReturnValue(0.5);
    const store = memory();
    store.fail('*', { code: 'Unavailable', message: 'refused' });
    const environments = {
      base: { providers: { app: store } },
      twice: { extends: 'base', retry: { budget: 1 } },
      once: { extends: 'twice', retry: false as const },
    };
    const attempts = async (environment: string) => {
      const config = { environments, secrets: { KEY: 'app://KEY' }, retry: { maxDelay: '2s' } };
      const ended = failure(config, { environment });
      await vi.advanceTimersByTimeAsync(30_000);
      return (await ended).failures.map(({ message }) => message);
    };
    // After 50, 100, 200, 400 and 800 ms, every second until 28.55 s, then half of what is left.
    expect(await attempts('base')).toEqual([`refused; ${1 + 5 + 27 + 1} attempts`]);
    expect(await attempts('twice')).toEqual([
      'refused; 2 attempts; not tried again: the retry budget of 1 is used up',
    ]);
    expect(await attempts('once')).toEqual(['refused']);
  });

  it("a caller's limit that is none is told as theirs", async () => {
    const config = {
      environments: { base: { providers: { app: memory() }, deadline: '1s' } },
      secrets: { A: 'app://A' },
    };
    await expect(load(config, { environment: 'base', deadline: 'canary' })).rejects.toMatchObject({
      name: 'ConfigError',
      message:
        'deadline: is no duration: a duration is milliseconds or text such as "500ms", "30s", "5m", "12h", "90d"',
    });
  });
});

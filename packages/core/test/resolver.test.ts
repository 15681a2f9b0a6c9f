import { afterEach, describe, expect, it, vi } from 'vitest';
import {
  as,
  ConfigError,
  createResolver,
  type Failure,
  firstOf,
  memory,
  type Provider,
  ResolveError,
  Secret,
  type Warning,
} from '../src/index.ts';

/** The failures that a resolve ends with. */
async function failuresOf(work: Promise<unknown>): Promise<readonly Failure[]> {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof ResolveError) return error.failures;
  throw new Error('it did not end with a ResolveError', { cause: error });
}

async function codesOf(work: Promise<unknown>): Promise<string[]> {
  return (await failuresOf(work)).map(({ name, code }) => `${name} ${code}`);
}

const INCORRECT = { code: 'InvalidReference', hint: 'Correct the reference.' };

describe('resolve', () => {
  it('gives secrets, and plain values where nothing is sensitive', async () => {
    const app = memory({ KEY: 'canary', PORT: '3000' });
    const resolver = createResolver({ providers: { app } });
    const { KEY, PORT, NONE } = await resolver.resolve({
      KEY: 'app://KEY',
      PORT: { ref: 'app://PORT', as: as.port(), sensitive: false },
      NONE: { ref: 'app://NONE', optional: true },
    });
    expect(KEY).toBeInstanceOf(Secret);
    expect([KEY.reveal(), PORT, NONE]).toEqual(['canary', 3000, undefined]);
    expect((await resolver.resolve('app://KEY')).reveal()).toBe('canary');
  });

  it('reads one document once for all its fields, and equal references once', async () => {
    const app = memory({ db: '{"user":"u","port":5432,"tls":true,"hosts":[{"name":"h"}]}' });
    const values = await createResolver({ providers: { app } }).resolve({
      user: { ref: 'app://db#user', sensitive: false },
      port: { ref: 'app://db#port', as: as.port(), sensitive: false },
      tls: { ref: 'app://db#tls', as: as.boolean(), sensitive: false },
      host: { ref: 'app://db#/hosts/0/name', sensitive: false },
      all: { ref: 'app://db', as: as.json(), sensitive: false },
      hosts: { ref: 'app://db#hosts', as: as.json(), sensitive: false },
    });
    expect(values).toEqual({
      user: 'u',
      port: 5432,
      tls: true,
      host: 'h',
      all: { user: 'u', port: 5432, tls: true, hosts: [{ name: 'h' }] },
      hosts: [{ name: 'h' }],
    });
    expect(app.calls).toEqual([{ method: 'fetch', paths: ['db'] }]);
  });

  it('splits by batch size, sends alone what cannot travel in a batch, in the calls that plan() says', async () => {
    const store = memory(Object.fromEntries(Array.from({ length: 25 }, (_, i) => [`s${i}`, `v${i}`])), {
      batchSize: 10,
    });
    const app: Provider = { ...store, check: (locator) => ({ locator, alone: locator.path === 's3' }) };
    const manifest = Object.fromEntries(Array.from({ length: 25 }, (_, i) => [`S${i}`, `app://s${i}`]));
    const resolver = createResolver({ providers: { app } });
    const { calls } = resolver.plan(manifest);
    expect(store.calls).toEqual([]);
    await resolver.resolve(manifest);
    expect(store.calls.map(({ paths }) => paths)).toEqual(calls.map(({ paths }) => paths));
    expect(calls.map(({ paths }) => paths.length)).toEqual([1, 10, 10, 4]);
    expect(calls[0]).toEqual({ provider: 'app', kind: 'memory', paths: ['s3'], names: ['S3'] });
  });

  it('keeps no more calls in flight than the provider allows, across resolves', async () => {
    let inFlight = 0;
    let most = 0;
    const app = countingProvider(async () => {
      most = Math.max(most, ++inFlight);
      await new Promise((done) => setImmediate(done));
      inFlight--;
    });
    const resolver = createResolver({ providers: { app } });
    const names = (from: number) =>
      Object.fromEntries(Array.from({ length: 10 }, (_, i) => [`n${i}`, `app://${from + i}`]));
    await Promise.all([resolver.resolve(names(0)), resolver.resolve(names(10))]);
    expect(most).toBe(3);
  });

  it('reports every failure at once, in order, with what to do', async () => {
    const app = memory({
      EMPTY: '',
      WORD: 'canary',
      JSON: '{"a":null,"big":9007199254740993,"o":{}}',
      BYTES: new Uint8Array([255]),
    });
    app.fail('DENIED', 'AccessDenied');
    app.fail('GONE', { code: 'Disabled', message: 'it was deleted on 2026-01-01' });
    const failures = await failuresOf(
      createResolver({ providers: { app } }).resolve({
        MISSING: 'app://MISSING',
        DENIED: 'app://DENIED',
        GONE: 'app://GONE',
        EMPTY: 'app://EMPTY',
        PORT: { ref: 'app://WORD', as: as.port() },
        FIELD: 'app://JSON#nope',
        PROTO: 'app://JSON#constructor',
        NULL: 'app://JSON#a',
        BIG: 'app://JSON#big',
        OBJECT: 'app://JSON#o',
        NOJSON: 'app://WORD#a',
        BYTES: 'app://BYTES',
        FINE: 'app://WORD',
      }),
    );
    expect(failures.map(({ name, code, message }) => `${name} ${code}: ${message}`)).toEqual([
      'MISSING NotFound: not found in app (memory)',
      'DENIED AccessDenied: the store denies access in app (memory)',
      'GONE Disabled: it was deleted on 2026-01-01',
      'EMPTY InvalidValue: is empty',
      'PORT InvalidValue: is not an integer',
      'FIELD NotFound: has no field "nope"',
      'PROTO NotFound: has no field "constructor"',
      'NULL InvalidValue: field "a" is null',
      'BIG InvalidValue: field "big" is a number too large to read exactly: store it as a string',
      'OBJECT InvalidValue: field "o" is an object: go deeper with a JSON Pointer (#/a/b), or take it as.json()',
      'NOJSON InvalidValue: is not JSON, so it has no field to pick',
      'BYTES InvalidValue: holds bytes that are not UTF-8 text: take it as.bytes()',
    ]);
    expect(new ResolveError(failures.slice(0, 2)).message).toBe(
      [
        '2 secrets could not be resolved:',
        '  MISSING (app://MISSING): NotFound: not found in app (memory)',
        '    Create it there, correct the reference, or mark it optional.',
        '  DENIED (app://DENIED): AccessDenied: the store denies access in app (memory)',
        '    Grant the permission that the docs page of this provider names.',
      ].join('\n'),
    );
  });

  it('refuses a field map without a field, unless the conversion takes it', async () => {
    const app = memory({ map: { user: 'u', port: 5432 } });
    const resolver = createResolver({ providers: { app } });
    expect((await resolver.resolve('app://map#port')).reveal()).toBe('5432');
    expect((await resolver.resolve('app://map', { as: as.json() })).reveal()).toEqual({
      user: 'u',
      port: 5432,
    });
    const [failure] = await failuresOf(resolver.resolve('app://map'));
    expect(failure?.message).toBe(
      'is a map of fields: name one with "#field", or take it whole with as.json()',
    );
  });

  it('checks every reference before any call', async () => {
    const app = memory({ FINE: 'x' }, { params: ['version'] });
    const strict: Provider = {
      ...memory(),
      kind: 'strict',
      check: ({ path }) => ({ problem: `"${path}" has a "_": write "-"` }),
    };
    const failures = await failuresOf(
      createResolver({ providers: { app, strict } }).resolve({
        FINE: 'app://FINE',
        PROVIDER: 'ap://x#canary',
        URL: 'postgres://user:canary@host/db',
        PARAM: 'app://x?versoin=3',
        RULE: 'strict://a_b',
        VALUE: 'canary',
      }),
    );
    expect(failures).toEqual([
      {
        name: 'PROVIDER',
        reference: 'ap://…',
        message: 'there is no provider named "ap" (did you mean "app"?)',
        ...INCORRECT,
      },
      {
        name: 'URL',
        reference: 'postgres://…',
        message: 'there is no provider named "postgres" (known: app, strict)',
        ...INCORRECT,
      },
      {
        name: 'PARAM',
        reference: 'app://x?versoin=3',
        message: 'memory has no parameter "versoin" (did you mean "version"?)',
        ...INCORRECT,
      },
      { name: 'RULE', reference: 'strict://a_b', message: '"a_b" has a "_": write "-"', ...INCORRECT },
      {
        name: 'VALUE',
        reference: '…',
        message: 'there is no "://": write name://path, name://path?version=3 or name://path#field',
        ...INCORRECT,
      },
    ]);
    expect(app.calls).toEqual([]);
  });

  it('names a bare reference by itself, and never one that may hold a value', async () => {
    const resolver = createResolver({ providers: { app: memory() } });
    expect(await failuresOf(resolver.resolve('app://x'))).toMatchObject([
      { name: 'app://x', reference: 'app://x' },
    ]);
    expect(await failuresOf(resolver.resolve('postgres://u:canary@h'))).toMatchObject([
      { name: 'postgres://…' },
    ]);
  });

  it('uses a default of a sensitive secret only where that is allowed', async () => {
    const manifest = {
      KEY: { ref: 'app://KEY', default: 'weak' },
      PORT: { ref: 'app://P', as: as.port(), sensitive: false, default: 80 },
    } as const;
    const providers = { app: memory({ EMPTY: '' }) };
    const allowed = await createResolver({ providers, allowDefaults: true }).resolve(manifest);
    expect([allowed.KEY.reveal(), allowed.PORT]).toEqual(['weak', 80]);
    expect(
      await failuresOf(createResolver({ providers, environment: 'production' }).resolve(manifest)),
    ).toEqual([
      {
        name: 'KEY',
        reference: 'app://KEY',
        code: 'NotFound',
        message:
          'not found in app (memory); a default exists, but in production sensitive secrets may not use theirs',
        hint: 'Create it, or set allowDefaults: true for this environment.',
      },
    ]);
  });

  it('takes an empty value for absence where absence is allowed, and for a value where that is said', async () => {
    const resolver = createResolver({ providers: { app: memory({ EMPTY: '', NONE: new Uint8Array() }) } });
    const values = await resolver.resolve({
      optional: { ref: 'app://EMPTY', optional: true },
      defaulted: { ref: 'app://EMPTY', default: 'd', sensitive: false },
      allowed: { ref: 'app://EMPTY', allowEmpty: true, sensitive: false },
      list: { ref: 'app://EMPTY', allowEmpty: true, as: as.list(), sensitive: false },
      bytes: { ref: 'app://NONE', allowEmpty: true, as: as.bytes(), sensitive: false },
    });
    expect(values).toEqual({
      optional: undefined,
      defaulted: 'd',
      allowed: '',
      list: [],
      bytes: new Uint8Array(),
    });
    expect(await codesOf(resolver.resolve({ NONE: { ref: 'app://NONE', as: as.bytes() } }))).toEqual([
      'NONE InvalidValue',
    ]);
  });

  it('never takes another failure for absence', async () => {
    const app = memory();
    app.fail('DOWN', 'Unavailable');
    app.fail('OFF', 'Disabled');
    const resolver = createResolver({ providers: { app }, allowDefaults: true, retry: false });
    const manifest = { DOWN: { ref: 'app://DOWN', optional: true }, OFF: { ref: 'app://OFF', default: 'd' } };
    expect(await codesOf(resolver.resolve(manifest))).toEqual(['DOWN Unavailable', 'OFF Disabled']);
  });
});

describe('resolveWithMetadata', () => {
  it('gives source, provider, version and dates', async () => {
    const app = memory();
    const createdAt = new Date('2026-08-01');
    app.set('KEY', 'canary', { version: '7', createdAt });
    const resolver = createResolver({ providers: { app } });
    const { KEY, NONE, PORT } = await resolver.resolveWithMetadata({
      KEY: 'app://KEY',
      NONE: { ref: 'app://NONE', optional: true },
      PORT: { ref: 'app://PORT', sensitive: false, default: 'd' },
    });
    const known = { provider: 'app', kind: 'memory' };
    expect(KEY).toEqual({
      ...known,
      value: KEY.value,
      source: 'store',
      reference: 'app://KEY',
      version: '7',
      createdAt,
    });
    expect(NONE).toEqual({ ...known, value: undefined, source: 'absent', reference: 'app://NONE' });
    expect(PORT).toEqual({ ...known, value: 'd', source: 'default', reference: 'app://PORT' });
    expect((await resolver.resolveWithMetadata('app://KEY')).version).toBe('7');
  });
});

describe('resolveSettled', () => {
  it('gives values and failures side by side', async () => {
    const resolver = createResolver({ providers: { app: memory({ A: 'a' }) } });
    const { values, failures } = await resolver.resolveSettled({ A: 'app://A', B: 'app://B' });
    expect(Object.keys(values)).toEqual(['A']);
    expect(failures.map(({ name }) => name)).toEqual(['B']);
  });
});

describe('firstOf', () => {
  it('batches each leg, and asks the next only for what was not found', async () => {
    const first = memory({ A: 'a1', B: 'b1' });
    const second = memory({ B: 'b2', C: 'c2', D: 'd2' });
    const values = await createResolver({ providers: { app: firstOf(first, second) } }).resolve({
      A: { ref: 'app://A', sensitive: false },
      B: { ref: 'app://B', sensitive: false },
      C: { ref: 'app://C', sensitive: false },
      D: { ref: 'app://D', sensitive: false },
    });
    expect(values).toEqual({ A: 'a1', B: 'b1', C: 'c2', D: 'd2' });
    expect([first.calls, second.calls].map((calls) => calls.map(({ paths }) => paths))).toEqual([
      [['A', 'B', 'C', 'D']],
      [['C', 'D']],
    ]);
  });

  it('does not skip a store that is down, unless told to', async () => {
    const down = memory();
    down.fail('*', 'Unavailable');
    const second = memory({ A: 'a2' });
    expect(
      await codesOf(
        createResolver({ providers: { app: firstOf(down, second) }, retry: false }).resolve({ A: 'app://A' }),
      ),
    ).toEqual(['A Unavailable']);
    const lenient = firstOf(down, second, { on: ['NotFound', 'Unavailable'] });
    const resolver = createResolver({ providers: { app: lenient } });
    expect((await resolver.resolve('app://A')).reveal()).toBe('a2');
  });

  it("never hides an earlier leg's failure behind a later NotFound", async () => {
    const down = memory();
    down.fail('*', { code: 'Unavailable', message: 'refused' });
    const app = firstOf(down, memory(), { on: ['NotFound', 'Unavailable'] });
    const work = createResolver({ providers: { app } }).resolve({ A: { ref: 'app://A', optional: true } });
    expect(await failuresOf(work)).toMatchObject([
      { code: 'Unavailable', message: 'memory: Unavailable: refused; memory: NotFound: not found' },
    ]);
  });

  it('refuses a name that one leg cannot have, unless InvalidReference falls through', async () => {
    const picky: Provider = { ...memory(), check: () => ({ problem: 'too long' }) };
    const store = memory({ A: 'a' });
    expect(
      await codesOf(createResolver({ providers: { app: firstOf(picky, store) } }).resolve({ A: 'app://A' })),
    ).toEqual(['A InvalidReference']);
    const app = firstOf(picky, store, { on: ['NotFound', 'InvalidReference'] });
    expect((await createResolver({ providers: { app } }).resolve('app://A')).reveal()).toBe('a');
  });
});

describe('a spoiled batch', () => {
  it('costs only the item that spoiled it', async () => {
    const app = memory({ a: '1', b: '2', c: '3', d: '4', e: '5', f: '6' }, { batchSize: 10 });
    app.spoil('d', 'AccessDenied');
    const manifest = Object.fromEntries([...'abcdef'].map((name) => [name, `app://${name}`]));
    const { values, failures } = await createResolver({ providers: { app } }).resolveSettled(manifest);
    expect(Object.keys(values)).toEqual(['a', 'b', 'c', 'e', 'f']);
    expect(failures).toMatchObject([{ name: 'd', code: 'AccessDenied' }]);
  });

  it('is not asked again when the whole store is to blame', async () => {
    const app = memory({ a: '1', b: '2' });
    app.fail('*', 'Unavailable');
    const resolver = createResolver({ providers: { app }, retry: false });
    expect(await codesOf(resolver.resolve({ a: 'app://a', b: 'app://b' }))).toEqual([
      'a Unavailable',
      'b Unavailable',
    ]);
    expect(app.calls).toHaveLength(1);
  });
});

describe('limits', () => {
  afterEach(() => vi.useRealTimers());

  it('a call that hangs is Unavailable after its timeout, all calls after the deadline', async () => {
    vi.useFakeTimers();
    const app = memory({ a: '1' }, { batchSize: 1, concurrency: 1 });
    app.fail('*', 'hang');
    const resolver = createResolver({ providers: { app }, timeout: '2s', deadline: 5_000 });
    const manifest = Object.fromEntries([...'abcde'].map((name) => [name, `app://${name}`]));
    const failures = failuresOf(resolver.resolve(manifest));
    await vi.advanceTimersByTimeAsync(5_000);
    expect((await failures).map(({ code, message }) => `${code}: ${message}`)).toEqual([
      'Unavailable: no answer within 2000 ms',
      'Unavailable: no answer within 2000 ms',
      'Unavailable: no answer within the deadline of 5000 ms',
      'Unavailable: no answer within the deadline of 5000 ms',
      'Unavailable: no answer within the deadline of 5000 ms',
    ]);
    expect(app.calls).toHaveLength(3);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("a caller's abort rejects with its reason, before and during", async () => {
    const app = memory();
    app.fail('*', 'hang');
    const resolver = createResolver({ providers: { app } });
    const reason = new Error('mine');
    await expect(resolver.resolve('app://x', { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    expect(app.calls).toEqual([]);
    const controller = new AbortController();
    const work = resolver.resolve('app://x', { signal: controller.signal });
    await expect.poll(() => app.calls.length).toBe(1);
    controller.abort(reason);
    await expect(work).rejects.toBe(reason);
  });

  it('a validator that hangs is Unavailable', async () => {
    const never = {
      '~standard': { version: 1, vendor: 'test', validate: () => new Promise<never>(() => {}) },
    } as const;
    const resolver = createResolver({ providers: { app: memory({ A: 'a' }) } });
    const [failure] = await failuresOf(resolver.resolve('app://A', { as: never, deadline: 10 }));
    expect(failure).toMatchObject({
      code: 'Unavailable',
      message: 'its schema gave no answer within the deadline of 10 ms',
    });
  });
});

describe('a provider that breaks the contract', () => {
  const answering = (fetch: Provider['fetch']): Provider => ({ ...memory(), fetch });
  const leaky = new Error('canary');

  it.each<[string, Provider, string]>([
    [
      'too few outcomes',
      answering(async () => []),
      'Unknown: the provider did not give 1 outcomes for 1 locators',
    ],
    [
      'a foreign error',
      answering(() => Promise.reject(leaky)),
      'Unknown: an error of an unknown kind in app (memory)',
    ],
    [
      'a synchronous throw',
      answering(() => {
        throw leaky;
      }),
      'Unknown: an error of an unknown kind in app (memory)',
    ],
    [
      'a classify that throws',
      {
        ...answering(() => Promise.reject(leaky)),
        classify: () => {
          throw leaky;
        },
      },
      'Unknown: the provider failed to classify an error',
    ],
  ])('%s', async (_, app, expected) => {
    const failures = await failuresOf(createResolver({ providers: { app } }).resolve({ A: 'app://A' }));
    expect(failures.map(({ code, message }) => `${code}: ${message}`)).toEqual([expected]);
  });
});

describe('warnings', () => {
  it('go once each to onWarning', async () => {
    const warnings: Warning[] = [];
    const app: Provider = {
      ...memory(),
      fetch: async (locators, { warn }) => {
        warn('the batch is denied');
        warn('expires soon');
        return locators.map(() => ({ ok: true, value: { value: 'x' } }));
      },
    };
    const resolver = createResolver({ providers: { app }, onWarning: (warning) => warnings.push(warning) });
    await resolver.resolve('app://x');
    await resolver.resolve('app://y');
    expect(warnings).toEqual([
      { kind: 'memory', message: 'the batch is denied' },
      { kind: 'memory', message: 'expires soon' },
    ]);
  });
});

describe('close', () => {
  it('ends what is in flight, disposes of each provider once, and refuses more', async () => {
    let disposals = 0;
    const store = memory();
    store.fail('*', 'hang');
    const app: Provider = {
      ...store,
      [Symbol.asyncDispose]: async () => {
        disposals++;
      },
    };
    const resolver = createResolver({ providers: { app, same: app, chain: firstOf(app, memory()) } });
    const failures = failuresOf(resolver.resolve('app://x'));
    await Promise.all([resolver.close(), resolver.close(), resolver[Symbol.asyncDispose]()]);
    expect(await failures).toMatchObject([{ code: 'Unavailable', message: 'the resolver was closed' }]);
    expect(disposals).toBe(1);
    await expect(resolver.resolve('app://x')).rejects.toThrow('the resolver is closed: make another');
  });

  it('says that a provider could not be closed, without its error', async () => {
    const warnings: Warning[] = [];
    const app: Provider = { ...memory(), [Symbol.asyncDispose]: () => Promise.reject(new Error('canary')) };
    await createResolver({ providers: { app }, onWarning: (warning) => warnings.push(warning) }).close();
    expect(warnings).toEqual([{ kind: 'memory', message: 'could not be closed cleanly' }]);
  });
});

describe('wrong options', () => {
  function problemsOf(work: () => unknown): string[] {
    try {
      work();
    } catch (error) {
      if (error instanceof ConfigError)
        return error.problems.map(({ place, message }) => `${place}: ${message}`);
      throw error;
    }
    return [];
  }

  it('of a resolver, all at once', () => {
    const options = {
      providers: { '1a': memory(), app: { kind: 'x' }, old: { ...memory(), contract: 0 }, none: firstOf() },
      timeout: '5 minuts',
      deadline: 0,
      allowDefaults: 'yes',
      onWarnings: () => {},
    };
    expect(problemsOf(() => createResolver(options as never))).toEqual([
      'onWarnings: unknown key (did you mean "onWarning"?)',
      'providers.1a: a provider name is a letter, then letters, digits, "-" and "_"',
      'providers.app: is no provider: write env(), dotenv(), file() or another provider package',
      'providers.old: was made for another version of Keyturn: its contract is not 1',
      'providers.none: firstOf() names no provider',
      'deadline: has to be more than 0',
      'timeout: is no duration: a duration is milliseconds or text such as "500ms", "30s", "5m", "12h", "90d"',
      'allowDefaults: is neither true nor false',
    ]);
    expect(problemsOf(() => createResolver({ providers: {} }))).toEqual([
      'providers: there is no provider: write { name: env() } or another',
    ]);
    expect(problemsOf(() => createResolver(undefined as never))).toEqual([
      ': options are missing: write { providers: { … } }',
    ]);
  });

  it('of a manifest, all at once', () => {
    const resolver = createResolver({ providers: { app: memory() } });
    const manifest = {
      A: { ref: 'app://x', defualt: 1 },
      B: 7,
      C: { as: as.integer() },
      D: { ref: 'app://x', as: Number },
      E: { ref: 'app://x', optional: 'yes' },
      url: 'app://x',
      URL: 'app://y',
    };
    expect(problemsOf(() => resolver.plan(manifest as never))).toEqual([
      'A.defualt: unknown key (did you mean "default"?)',
      'B: is neither a reference nor an entry: write a string or { ref: … }',
      'C: has no ref: write { ref: "name://path" }',
      'D.as: is no Standard Schema: write as.integer(), or a schema of Zod, Valibot or ArkType',
      'E.optional: is neither true nor false',
      'URL: "URL" and "url" differ only in case, which Windows does not tell apart: rename one',
    ]);
    expect(problemsOf(() => resolver.plan({}))).toEqual([
      ': the manifest is empty: name at least one secret',
    ]);
  });
});

/** Reads one at a time, three at once. */
function countingProvider(during: () => Promise<void>): Provider {
  return {
    contract: 1,
    kind: 'counting',
    batchSize: 1,
    concurrency: 3,
    params: [],
    classify: () => undefined,
    fetch: async (locators) => {
      await during();
      return locators.map(({ path }) => ({ ok: true, value: { value: path } }));
    },
  };
}

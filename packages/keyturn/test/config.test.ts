import { describe, expect, it } from 'vitest';
import {
  as,
  type Config,
  ConfigError,
  defineConfig,
  type LoadOptions,
  load,
  memory,
  ResolveError,
} from '../src/index.ts';

/** What `load` says is wrong, a line each; a config comes from a file that nothing has type-checked. */
async function refusal(config: unknown, environment?: string): Promise<readonly string[]> {
  const error = await load(config as Config, { environment }).then(
    () => expect.unreachable('the config was taken'),
    (caught: unknown) => caught,
  );
  if (!(error instanceof ConfigError)) throw error;
  return error.problems.map(({ place, message }) => (place ? `${place}: ${message}` : message));
}

const environments = { production: { providers: { app: memory({ KEY: 'canary-key' }) } } };
const secrets = { KEY: 'app://KEY' };
const right = { environment: 'production', environments, secrets };

const noDuration =
  'is no duration: a duration is milliseconds or text such as "500ms", "30s", "5m", "12h", "90d"';

describe('the shape of a config', () => {
  it.each([
    ['nothing', undefined],
    ['null', null],
    ['a number', 5],
    ['a text', 'canary'],
    ['an array', []],
    ['a function', () => right],
  ])('is an object, not %s', async (_, config) => {
    expect(await refusal(config)).toEqual(['a config is an object: write defineConfig({ … })']);
  });

  it.each([
    [
      'a key that there is not',
      { environmnet: 'production' },
      'environmnet: unknown key (did you mean "environment"?)',
    ],
    [
      'a key of a later version',
      { lineage: {} },
      'lineage: unknown key (known: environment, environments, secrets, deadline, timeout, retry, cache, snapshot, rotation, redactor, audit, onWarning)',
    ],
    ['an environment that is no string', { environment: 5 }, 'environment: is no string'],
    ['no secrets', { secrets: undefined }, 'secrets: is missing: name the secrets that the app needs'],
    [
      'secrets in an array',
      { secrets: ['app://KEY'] },
      'secrets: is missing: name the secrets that the app needs',
    ],
    [
      'no environments',
      { environments: undefined },
      'environments: is missing: name at least one environment',
    ],
    [
      'environments without any',
      { environments: {} },
      'environments: is missing: name at least one environment',
    ],
    ['a deadline that is none', { deadline: 'canary' }, `deadline: ${noDuration}`],
    ['a timeout of nothing', { timeout: 0 }, 'timeout: has to be more than 0'],
    [
      'a retry that is none',
      { retry: 3 },
      'retry: is neither false nor an object such as { maxDelay: "10s" }',
    ],
    [
      'a cache that keeps nothing',
      { cache: { ttl: 0 } },
      'cache.ttl: has to be more than 0; `cache: false` turns caching off',
    ],
    [
      'a cache of one secret that is none',
      { secrets: { KEY: { ref: 'app://KEY', cache: '5m' } } },
      'secrets.KEY.cache: is neither false nor an object such as { ttl: "5m" }',
    ],
    ['an onWarning that nobody can call', { onWarning: 'canary' }, 'onWarning: is no function'],
  ])('%s', async (_, changed, message) => {
    expect(await refusal({ ...right, ...changed })).toEqual([message]);
  });

  it('all mistakes are told at once', async () => {
    const config = {
      enviroment: 1,
      environments: { a: { provider: {} }, b: 5 },
      secrets: {
        A: null,
        B: {},
        C: { ref: 'app://C', as: 5, defualt: 'canary' },
        D: { ref: 'app://D', sensitive: 'no', description: 5 },
        d: 'app://d',
      },
    };
    expect(await refusal(config)).toEqual([
      'enviroment: unknown key (did you mean "environment"?)',
      'secrets.A: is neither a reference nor an entry: write a string or { ref: … }',
      'secrets.B: has no ref: write { ref: "name://path" }',
      'secrets.C.defualt: unknown key (did you mean "default"?)',
      'secrets.C.as: is no Standard Schema: write as.integer(), or a schema of Zod, Valibot or ArkType',
      'secrets.D.sensitive: is neither true nor false',
      'secrets.D.description: is no string',
      'secrets.d: "d" and "D" differ only in case, which Windows does not tell apart: rename one',
      'environments.a.provider: unknown key (did you mean "providers"?)',
      'environments.b: is no object: write { providers: { … } }',
    ]);
  });
});

describe('an environment', () => {
  const inEnvironment = (environment: object) => ({
    ...right,
    environments: { production: { ...environments.production, ...environment } },
  });

  it.each([
    [{ provider: {} }, 'environments.production.provider: unknown key (did you mean "providers"?)'],
    [{ allowDefaults: 'yes' }, 'environments.production.allowDefaults: is neither true nor false'],
    [{ deadline: -1 }, `environments.production.deadline: ${noDuration}`],
    [{ timeout: '0s' }, 'environments.production.timeout: has to be more than 0'],
    [{ onWarning: {} }, 'environments.production.onWarning: is no function'],
    [
      { providers: {} },
      'environments.production.providers: there is no provider: write { name: env() } or another',
    ],
    [
      { providers: { app: 'canary' } },
      'environments.production.providers.app: is no provider: write env(), dotenv(), file() or another provider package',
    ],
    [
      { providers: { 'my.app': memory() } },
      'environments.production.providers.my.app: a provider name is a letter, then letters, digits, "-" and "_"',
    ],
    [
      { extends: 'prodution' },
      'environments.production.extends: there is no environment "prodution" (did you mean "production"?)',
    ],
    [{ extends: 5 }, 'environments.production.extends: there is no environment "5" (known: production)'],
  ])('%j', async (environment, message) => {
    expect(await refusal(inEnvironment(environment))).toEqual([message]);
  });

  it('that extends itself, at whatever distance, is named with the circle', async () => {
    const circle = { a: { extends: 'b' }, b: { extends: 'c' }, c: { extends: 'b' }, d: { extends: 'd' } };
    const config = { environments: circle, secrets };
    expect(await refusal(config, 'a')).toEqual([
      'environments.b.extends: environments extend each other in a circle: b -> c -> b',
    ]);
    expect(await refusal(config, 'd')).toEqual([
      'environments.d.extends: environments extend each other in a circle: d -> d',
    ]);
  });

  it('what is wrong in one that it extends is told where it stands', async () => {
    const config = {
      environments: {
        base: { deadline: 'canary', providers: { bad: 5 } },
        mid: { extends: 'base', retry: { budget: 0 } },
        top: { extends: 'mid', timeout: 0 },
      },
      secrets: { KEY: { ref: { tip: 'app://KEY' } } },
    };
    expect(await refusal(config, 'top')).toEqual([
      'secrets.KEY.ref.tip: unknown key (did you mean "top"?)',
      'secrets.KEY.ref: has no reference for environment "top"',
      'environments.base.providers.bad: is no provider: write env(), dotenv(), file() or another provider package',
      `environments.base.deadline: ${noDuration}`,
      'environments.top.timeout: has to be more than 0',
      'environments.mid.retry.budget: is no whole number of 1 or more; `retry: false` turns retries off',
    ]);
  });

  it.each([undefined, ''])('%j is not set, and never silently one of them', async (environment) => {
    const config = { environments: { development: {}, ...environments }, secrets };
    const message = 'environment: is not set: it is one of development, production';
    expect(await refusal({ ...config, environment })).toEqual([message]);
    expect(await refusal(config, environment)).toEqual([message]);
  });

  it('an empty one from the caller hides the one of the config', async () => {
    expect(await refusal(right, '')).toEqual(['environment: is not set: it is one of production']);
  });

  it.each(['prod', 'constructor', '__proto__'])('"%s" is not known', async (name) => {
    const known = 'there is no environment';
    expect(await refusal(right, name)).toEqual([`environment: ${known} "${name}" (known: production)`]);
  });

  it('one from the caller that is no string is told', async () => {
    const config: unknown = right;
    const given: unknown = { environment: 5 };
    await expect(load(config as Config, given as LoadOptions)).rejects.toThrow('environment: is no string');
  });

  it('one that is nearly right is suggested', async () => {
    expect(await refusal(right, 'Production')).toEqual([
      'environment: there is no environment "Production" (did you mean "production"?)',
    ]);
  });
});

describe('the secrets', () => {
  const withSecrets = (given: object) => refusal({ ...right, secrets: given });

  it.each([
    [{}, 'secrets: the manifest is empty: name at least one secret'],
    [
      { KEY: 'app://KEY', Key: 'app://KEY' },
      'secrets.Key: "Key" and "KEY" differ only in case, which Windows does not tell apart: rename one',
    ],
    [
      { KEY: { ref: 'app://KEY', defualt: 'canary' } },
      'secrets.KEY.defualt: unknown key (did you mean "default"?)',
    ],
    [{ KEY: { ref: 'app://KEY', optional: 'yes' } }, 'secrets.KEY.optional: is neither true nor false'],
    [
      { KEY: { ref: 'app://KEY', as: String } },
      'secrets.KEY.as: is no Standard Schema: write as.integer(), or a schema of Zod, Valibot or ArkType',
    ],
    [{ KEY: { ref: {} } }, 'secrets.KEY.ref: has no reference for environment "production"'],
    [{ KEY: undefined }, 'secrets.KEY: is neither a reference nor an entry: write a string or { ref: … }'],
    [
      { KEY: ['app://KEY'] },
      'secrets.KEY: is neither a reference nor an entry: write a string or { ref: … }',
    ],
  ])('%j', async (given, message) => {
    expect(await withSecrets(given)).toEqual([message]);
  });

  it('a name of an object of every kind is a name', async () => {
    const given = Object.fromEntries([
      ['__proto__', 'app://KEY'],
      ['constructor', 'app://KEY'],
    ]);
    const loaded = await load({ ...right, secrets: given });
    expect(Object.keys(loaded)).toEqual(['__proto__', 'constructor']);
  });

  it('all wrong references are told at once, by name, and none is quoted', async () => {
    const given = {
      MISPLACED: 'canary-value',
      URL: 'postgres://user:canary-password@host/db',
      PARAM: 'app://KEY?verison=3',
      NEAR: 'apq://KEY',
      EMPTY: { ref: { production: '' } },
      NO_TEXT: { ref: 5 },
      RIGHT: 'app://KEY',
    };
    const config: unknown = { ...right, secrets: given };
    const error = await load(config as Config).catch((caught: unknown) => caught);
    if (!(error instanceof ResolveError)) throw error;
    expect(error.failures.map(({ name, reference, message }) => `${name} ${reference} ${message}`)).toEqual([
      'MISPLACED … there is no "://": write name://path, name://path?version=3 or name://path#field',
      'URL postgres://… there is no provider named "postgres" (known: app)',
      'PARAM app://KEY?verison=3 memory has no parameter "verison" (there are none)',
      'NEAR apq://… there is no provider named "apq" (did you mean "app"?)',
      'EMPTY … there is no "://": write name://path, name://path?version=3 or name://path#field',
      'NO_TEXT … a reference is a string: write name://path, name://path?version=3 or name://path#field',
    ]);
    expect(new Set(error.failures.map(({ code }) => code))).toEqual(new Set(['InvalidReference']));
    expect(error.message).not.toContain('canary');
  });
});

describe('defineConfig', () => {
  it('gives back what it was given', () => {
    const config = { environments, secrets: { PORT: { ref: 'app://PORT', as: as.port() } } };
    expect(defineConfig(config)).toBe(config);
  });

  it('never throws, also not for an unset environment or no config at all', () => {
    expect(defineConfig({ environment: undefined, environments: {}, secrets: {} })).toBeDefined();
    // @ts-expect-error Nothing is no config; in a JavaScript file nobody says so.
    expect(defineConfig(undefined)).toBeUndefined();
  });
});

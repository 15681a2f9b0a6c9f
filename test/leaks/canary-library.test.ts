import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  as,
  type Config,
  ConfigError,
  createResolver,
  formatReference,
  load,
  memory,
  parseReference,
  ResolveError,
  Secret,
} from 'keyturn';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dumps } from './dumps.ts';
import { failing, plant } from './failing.ts';
import { failingValidators } from './failing-validators.ts';
import { canary, leaksIn, SPECIAL } from './search.ts';

const folder = mkdtempSync(join(tmpdir(), 'leaks-test-'));
const warnings: Error[] = [];
const listen = (warning: Error) => warnings.push(warning);

beforeAll(() => {
  plant(folder);
  process.on('warning', listen);
});
afterAll(() => {
  process.off('warning', listen);
  rmSync(folder, { recursive: true });
});

/** Every way in which a value shows a canary. */
function shownBy(value: unknown): string[] {
  return Object.entries(dumps(value)).flatMap(([way, text]) =>
    leaksIn(text).map((leak) => `${way}: ${leak}`),
  );
}

async function thrownBy(work: () => unknown): Promise<unknown> {
  try {
    await work();
  } catch (error) {
    return error;
  }
  return expect.unreachable('nothing was thrown');
}

describe('a leak that is planted is found', () => {
  it.each([
    ['in the message', new Error(canary('a')), ['inspect', 'String', 'stack', 'message']],
    [
      'in the cause of a cause',
      new Error('a', { cause: new Error('b', { cause: canary('c') }) }),
      ['inspect', 'cause'],
    ],
    [
      'in a property that does not enumerate',
      Object.defineProperty(new Error('a'), 'b', { value: canary('c') }),
      ['inspect'],
    ],
    [
      'in a deep property',
      { a: { b: { c: { d: { e: [canary('f')] } } } } },
      ['inspect', 'JSON', 'structuredClone'],
    ],
    ['in bytes', { body: Buffer.from(canary('a')) }, ['inspect', 'JSON', 'serialize']],
    [
      'by a getter',
      {
        get value() {
          return canary('a');
        },
      },
      ['inspect', 'JSON', 'structuredClone'],
    ],
    ['by toJSON', { toJSON: () => canary('a') }, ['JSON']],
    ['by toString', { toString: () => canary('a') }, ['String']],
  ])('%s', (_, value, ways) => {
    expect(shownBy(value).map((found) => found.split(':')[0])).toEqual(expect.arrayContaining(ways));
  });
});

describe('a failure shows no value', () => {
  const validators = failingValidators();
  const { providers, secrets } = {
    providers: { ...failing(folder).providers, ...validators.providers },
    secrets: { ...failing(folder).secrets, ...validators.secrets },
  };

  it('though the validators themselves quote it', async () => {
    for (const { ref, as: schema } of Object.values(validators.secrets).filter(
      (entry) => typeof entry !== 'string',
    )) {
      if (schema === undefined || 'takes' in schema) continue;
      const fetched = ref.endsWith('text') ? canary('text') : { user: canary('user') };
      expect(shownBy(await schema['~standard'].validate(fetched))).not.toEqual([]);
    }
  });

  it('all of them at once', async () => {
    const told: unknown[] = [];
    const config = {
      environment: 'a',
      environments: { a: { providers } },
      secrets,
      retry: false as const,
      onWarning: (said: unknown) => told.push(said),
    };
    const error = await thrownBy(() => load(config));
    if (!(error instanceof ResolveError)) throw error;
    expect(error.failures.map(({ name }) => name)).toEqual(Object.keys(secrets));
    expect(shownBy(error)).toEqual([]);
    expect(shownBy(told)).toEqual([]);
    expect(error.cause).toBeUndefined();
  });

  it.each(Object.keys(secrets))('%s alone', async (name) => {
    const resolver = createResolver({ providers, retry: false });
    const manifest = Object.fromEntries(Object.entries(secrets).filter(([each]) => each === name));
    const error = await thrownBy(() => resolver.resolve(manifest));
    expect(error).toBeInstanceOf(ResolveError);
    expect(shownBy(error)).toEqual([]);
  });

  it('a call that hangs until the limit', async () => {
    const resolver = createResolver({ providers, timeout: 20, retry: false });
    expect(shownBy(await thrownBy(() => resolver.resolve('faulty://hang')))).toEqual([]);
  });
});

describe('a mistake in options, a config or a reference shows no value', () => {
  const providers = { app: memory({ KEY: canary('key') }) };
  const config = (changed: object): unknown => ({
    environment: 'a',
    environments: { a: { providers } },
    secrets: { KEY: 'app://KEY' },
    ...changed,
  });

  it.each<[string, unknown]>([
    ['a config that is a text', canary('config')],
    ['a deadline', config({ deadline: canary('deadline') })],
    ['an onWarning', config({ onWarning: canary('warning') })],
    ['an environment', config({ environments: { a: canary('environment') } })],
    ['a provider', config({ environments: { a: { providers: { app: canary('provider') } } } })],
    ['a key', config({ environments: { a: { providers, allowDefaults: canary('flag') } } })],
    ['a secret', config({ secrets: { KEY: [canary('secret')] } })],
    ['a conversion', config({ secrets: { KEY: { ref: 'app://KEY', as: canary('as') } } })],
    ['an option', config({ secrets: { KEY: { ref: 'app://KEY', optional: canary('optional') } } })],
    ['a reference', config({ secrets: { KEY: canary('reference') } })],
    ['a reference of an environment', config({ secrets: { KEY: { ref: { a: canary('reference') } } } })],
    ['a connection URL', config({ secrets: { KEY: `postgres://u:${canary('password')}@host/db` } })],
    ['a value of special characters', config({ secrets: { KEY: SPECIAL } })],
  ])('%s', async (_, given) => {
    const error = await thrownBy(() => load(given as Config));
    expect(error instanceof ConfigError || error instanceof ResolveError).toBe(true);
    expect(shownBy(error)).toEqual([]);
  });

  it.each([
    canary('a'),
    `postgres://u:${canary('b')}@host/db?a`,
    `${SPECIAL}://a`,
    `app://a\n${canary('c')}`,
    `a://%${canary('d')}`,
  ])('parseReference of one: %#', async (text) => {
    expect(shownBy(await thrownBy(() => parseReference(text)))).toEqual([]);
  });

  it('formatReference of one', async () => {
    const wrong = { provider: canary('provider no name'), path: 'a', params: {} };
    expect(shownBy(await thrownBy(() => formatReference(wrong)))).toEqual([]);
  });
});

describe('what is resolved shows no value', () => {
  const store = memory({
    KEY: canary('key'),
    SPECIAL,
    BYTES: Buffer.from(canary('bytes')),
    URL: `postgres://${canary('user')}:${canary('password')}@host/db`,
    JSON: JSON.stringify({ [canary('name')]: canary('value') }),
    FIELDS: { user: canary('user') },
  });
  const config = {
    environment: 'a',
    environments: { a: { providers: { app: store }, allowDefaults: true } },
    secrets: {
      KEY: 'app://KEY',
      SPECIAL: 'app://SPECIAL',
      BYTES: { ref: 'app://BYTES', as: as.bytes() },
      URL: { ref: 'app://URL', as: as.databaseUrl() },
      JSON: { ref: 'app://JSON', as: as.json() },
      FIELDS: { ref: 'app://FIELDS', as: as.json() },
      DEFAULT: { ref: 'app://DEFAULT', default: canary('default') },
    },
  } as const;

  it('by itself', async () => {
    const secrets = await load(config);
    expect(shownBy(secrets)).toEqual([]);
    for (const secret of Object.values(secrets)) {
      expect(secret).toBeInstanceOf(Secret);
      expect(shownBy(secret)).toEqual([]);
      expect(leaksIn(`${secret} ${[secret]}`)).toEqual([]);
      expect(shownBy(secret.reveal())).not.toEqual([]);
    }
  });

  it('nor with its metadata, nor the resolver or the providers that read it', async () => {
    const resolver = createResolver({ providers: { app: store } });
    const manifest = { KEY: 'app://KEY', SPECIAL: 'app://SPECIAL' };
    expect(shownBy(await resolver.resolveWithMetadata(manifest))).toEqual([]);
    expect(shownBy(await resolver.resolveSettled(manifest))).toEqual([]);
    expect(shownBy(resolver.plan(manifest))).toEqual([]);
    expect(shownBy(resolver)).toEqual([]);
    expect(shownBy(store)).toEqual([]);
  });
});

describe('what a resolver tells shows no value', () => {
  const store = memory({ KEY: canary('key'), SPECIAL, MORE: canary('more') });
  const { providers, secrets } = failing(folder);

  it('in events, on the diagnostics channel, in metrics and ages', async () => {
    const resolver = createResolver({
      providers: { ...providers, app: store },
      retry: false,
      rotation: { maxAge: '1d' },
      onWarning: (said) => told.push(said),
    });
    const told: unknown[] = [];
    const hear = (event: unknown) => told.push(event);
    resolver.subscribe(hear);
    subscribe('keyturn', hear);
    const all = { ...secrets, KEY: 'app://KEY', SPECIAL: 'app://SPECIAL' };
    await resolver.resolveSettled(all);
    await resolver.resolveSettled(all);
    store.set('KEY', canary('changed'));
    await resolver.resolveSettled(all, { fresh: true });
    told.push(resolver.metrics(), await resolver.rotation({ KEY: 'app://KEY', SPECIAL: 'app://SPECIAL' }));
    unsubscribe('keyturn', hear);
    expect(told.length).toBeGreaterThan(2 * Object.keys(all).length);
    expect(JSON.stringify(told)).toContain('"rotated"');
    expect(shownBy(told)).toEqual([]);
    expect(shownBy([...told, { planted: canary('event') }])).not.toEqual([]);
  });
});

it('no process warning has shown a value', async () => {
  process.emitWarning(canary('planted'));
  await new Promise(setImmediate);
  expect(warnings.flatMap((warning) => (shownBy(warning).length > 0 ? [warning.message] : []))).toEqual([
    canary('planted'),
  ]);
});

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import {
  as,
  type Config,
  defineConfig,
  dotenv,
  env,
  file,
  firstOf,
  type LoadOptions,
  load,
  memory,
  ResolveError,
  type Secret,
} from '../src/index.ts';

/** A memory provider that says how often it was let go of. */
function disposable(values: Record<string, string>) {
  const provider = { ...memory(values), disposed: 0 };
  return Object.assign(provider, {
    async [Symbol.asyncDispose]() {
      provider.disposed += 1;
    },
  });
}

async function failure(config: Config, options?: LoadOptions): Promise<ResolveError> {
  const error = await load(config, options).catch((caught: unknown) => caught);
  if (error instanceof ResolveError) return error;
  throw error;
}

const reveal = (secrets: Readonly<Record<string, Secret<unknown>>>) =>
  Object.fromEntries(Object.entries(secrets).map(([name, secret]) => [name, secret.reveal()]));

describe('environments that extend one another', () => {
  const config = defineConfig({
    environments: {
      base: { providers: { app: memory({ KEY: 'base' }), shared: memory({ KEY: 'base' }) } },
      staging: { extends: 'base', providers: { app: memory({ KEY: 'staging' }) } },
      preview: { extends: 'staging', providers: { own: memory({ KEY: 'preview' }) } },
    },
    secrets: {
      APP: 'app://KEY',
      SHARED: 'shared://KEY',
      OWN: { ref: { base: 'shared://KEY', staging: 'app://KEY', preview: 'own://KEY' } },
      INHERITED: { ref: { base: 'shared://KEY', staging: 'app://KEY' } },
    },
  });

  it.each([
    ['base', { APP: 'base', SHARED: 'base', OWN: 'base', INHERITED: 'base' }],
    ['staging', { APP: 'staging', SHARED: 'base', OWN: 'staging', INHERITED: 'staging' }],
    ['preview', { APP: 'staging', SHARED: 'base', OWN: 'preview', INHERITED: 'staging' }],
  ])('%s has the nearest provider and the nearest reference of each name', async (environment, values) => {
    expect(reveal(await load(config, { environment }))).toEqual(values);
  });

  it('a provider that is overridden is never asked', async () => {
    const overridden = memory({ KEY: 'canary' });
    await load({
      environments: {
        base: { providers: { app: overridden } },
        top: { extends: 'base', providers: { app: memory({ KEY: 'top' }) } },
      },
      environment: 'top',
      secrets: { KEY: 'app://KEY' },
    });
    expect(overridden.calls).toEqual([]);
  });

  it('allowDefaults is inherited, and the nearest one holds', async () => {
    const environments = {
      none: { providers: { app: memory() } },
      base: { extends: 'none', allowDefaults: true },
      child: { extends: 'base' },
      strict: { extends: 'child', allowDefaults: false },
    };
    const secrets = { KEY: { ref: 'app://KEY', default: 'canary-default' } };
    for (const environment of ['base', 'child']) {
      expect(reveal(await load({ environments, secrets }, { environment }))).toEqual({
        KEY: 'canary-default',
      });
    }
    for (const environment of ['none', 'strict']) {
      const { failures } = await failure({ environments, secrets }, { environment });
      expect(failures).toEqual([
        {
          name: 'KEY',
          reference: 'app://KEY',
          code: 'NotFound',
          message: `not found in app (memory); a default exists, but in ${environment} sensitive secrets may not use theirs`,
          hint: 'Create it, or set allowDefaults: true for this environment.',
        },
      ]);
    }
  });
});

describe('the environment', () => {
  const config = defineConfig({
    environment: 'one',
    environments: {
      one: { providers: { app: memory({ KEY: '1' }) } },
      two: { providers: { app: memory({ KEY: '2' }) } },
    },
    secrets: { KEY: { ref: 'app://KEY', as: as.integer(), sensitive: false } },
  });

  it("is the config's own, unless load is told another", async () => {
    expect(await load(config)).toEqual({ KEY: 1 });
    expect(await load(config, { environment: 'two' })).toEqual({ KEY: 2 });
    expect(await load(config, { environment: undefined })).toEqual({ KEY: 1 });
  });
});

describe('warnings', () => {
  const warning = () => {
    const provider = memory({ KEY: 'canary' });
    return {
      ...provider,
      fetch: ((locators, options) => {
        options.warn('is slow today');
        return provider.fetch(locators, options);
      }) satisfies typeof provider.fetch,
    };
  };
  const secrets = { KEY: 'app://KEY' };

  it("go to the environment's onWarning before the config's", async () => {
    const told: string[] = [];
    const tell = (who: string) => (said: { kind: string; message: string }) =>
      told.push(`${who} ${said.kind} ${said.message}`);
    const config = {
      onWarning: tell('config'),
      environments: {
        plain: { providers: { app: warning() } },
        own: { extends: 'plain', onWarning: tell('environment') },
      },
      secrets,
    };
    await load(config, { environment: 'plain' });
    await load(config, { environment: 'own' });
    expect(told).toEqual(['config memory is slow today', 'environment memory is slow today']);
  });

  it('are process warnings without one', async () => {
    const emitted: Error[] = [];
    const listen = (warned: Error) => emitted.push(warned);
    process.on('warning', listen);
    onTestFinished(() => void process.off('warning', listen));
    await load({ environment: 'a', environments: { a: { providers: { app: warning() } } }, secrets });
    await new Promise(setImmediate);
    expect(emitted.map(({ name, message }) => `${name} ${message}`)).toEqual([
      'KeyturnWarning memory: is slow today',
    ]);
  });
});

describe('what the providers opened', () => {
  it('is let go of at the end, also after a failure', async () => {
    const store = disposable({ KEY: 'canary' });
    const environments = { a: { providers: { app: store, again: store } } };
    await load({ environment: 'a', environments, secrets: { KEY: 'app://KEY', AGAIN: 'again://KEY' } });
    expect(store.disposed).toBe(1);
    await failure({ environment: 'a', environments, secrets: { KEY: 'app://NONE' } });
    expect(store.disposed).toBe(2);
  });

  it('the same config loads again, with what is there then', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'load-test-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const source: Record<string, string> = { KEY: 'env-1' };
    const config = defineConfig({
      environment: 'a',
      environments: {
        a: {
          providers: {
            memory: disposable({ KEY: 'memory' }),
            env: env({ source }),
            dotenv: firstOf(env({ source: {} }), dotenv({ directory: folder })),
            file: file({ root: folder }),
          },
        },
      },
      secrets: { MEMORY: 'memory://KEY', ENV: 'env://KEY', DOTENV: 'dotenv://KEY', FILE: 'file://key' },
    });
    for (const round of ['1', '2']) {
      source.KEY = `env-${round}`;
      writeFileSync(join(folder, '.env'), `KEY=dotenv-${round}\n`);
      writeFileSync(join(folder, 'key'), `file-${round}\n`);
      expect(reveal(await load(config))).toEqual({
        MEMORY: 'memory',
        ENV: `env-${round}`,
        DOTENV: `dotenv-${round}`,
        FILE: `file-${round}`,
      });
    }
  });

  it('two loads at once each get everything', async () => {
    const store = disposable({ KEY: 'canary' });
    const config = {
      environment: 'a',
      environments: { a: { providers: { app: store } } },
      secrets: { KEY: 'app://KEY' },
    };
    const [one, other] = await Promise.all([load(config), load(config)]);
    expect([one.KEY.reveal(), other.KEY.reveal()]).toEqual(['canary', 'canary']);
  });

  it('a provider that cannot be closed costs no secret; its error is not passed on', async () => {
    const told: unknown[] = [];
    const broken = {
      ...memory({ KEY: 'canary' }),
      async [Symbol.asyncDispose]() {
        throw new Error('canary-token');
      },
    };
    const { KEY } = await load({
      environment: 'a',
      environments: { a: { providers: { app: broken } } },
      onWarning: (said) => told.push(said),
      secrets: { KEY: 'app://KEY' },
    });
    expect(KEY.reveal()).toBe('canary');
    expect(told).toEqual([{ kind: 'memory', message: 'could not be closed cleanly' }]);
  });
});

describe('an abort', () => {
  it("rejects with the caller's own reason, and lets go of the providers", async () => {
    const store = disposable({ KEY: 'canary' });
    store.fail('KEY', 'hang');
    const config = {
      environment: 'a',
      environments: { a: { providers: { app: store } } },
      secrets: { KEY: 'app://KEY' },
    };
    const caller = new AbortController();
    const loading = load(config, { signal: caller.signal });
    await vi.waitUntil(() => store.calls.length === 1);
    const reason = { why: 'shut down' };
    caller.abort(reason);
    await expect(loading).rejects.toBe(reason);
    expect(store.disposed).toBe(1);
  });

  it('before the start makes no call', async () => {
    const store = disposable({ KEY: 'canary' });
    const config = {
      environment: 'a',
      environments: { a: { providers: { app: store } } },
      secrets: { KEY: 'app://KEY' },
    };
    await expect(load(config, { signal: AbortSignal.abort('enough') })).rejects.toBe('enough');
    expect(store.calls).toEqual([]);
  });
});

it('every secret that fails is in one error', async () => {
  const store = memory({ PORT: 'canary-port', EMPTY: '', DENIED: 'canary' });
  store.fail('DENIED', 'AccessDenied');
  const error = await failure({
    environment: 'a',
    environments: { a: { providers: { app: store } } },
    secrets: {
      PORT: { ref: 'app://PORT', as: as.port() },
      EMPTY: 'app://EMPTY',
      DENIED: 'app://DENIED',
      GONE: 'app://GONE',
      OPTIONAL: { ref: 'app://GONE', optional: true },
    },
  });
  expect(error.message).toBe(
    [
      '4 secrets could not be resolved:',
      '  PORT (app://PORT): InvalidValue: is not an integer',
      '    Correct the value in the store, or the conversion.',
      '  EMPTY (app://EMPTY): InvalidValue: is empty',
      '    Fill it in, or say allowEmpty: true.',
      '  DENIED (app://DENIED): AccessDenied: the store denies access in app (memory)',
      '    Grant the permission that the docs page of this provider names.',
      '  GONE (app://GONE): NotFound: not found in app (memory)',
      '    Create it there, correct the reference, or mark it optional.',
    ].join('\n'),
  );
});

import { describe, expect, it } from 'vitest';
import { ConfigError, createRedactor, defineConfig, firstOf, load, memory } from '../src/index.ts';

const config = defineConfig({
  environments: { production: { providers: { app: memory({ KEY: 'canary' }) } } },
  secrets: { KEY: 'app://KEY' },
});

async function problemsOf(given: object, options: unknown): Promise<string[]> {
  try {
    await load(given as never, options as never);
    return [];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.problems.map(({ place, message }) => `${place}: ${message}`);
  }
}

describe('the options of load', () => {
  it.each<[unknown, string[]]>([
    [
      { environment: 'production', deadlin: 1, fresh: true },
      [
        'deadlin: unknown key (did you mean "deadline"?)',
        'fresh: unknown key (known: environment, deadline, timeout, signal, actor, reason, traceparent)',
      ],
    ],
    [{ environment: 5 }, ['environment: is no string']],
    [null, ['options: are no object: write { environment: "production" }']],
    ['production', ['options: are no object: write { environment: "production" }']],
    [{ environment: 'production', signal: 5 }, ['signal: is no AbortSignal: write controller.signal']],
    [{ environment: 'production', deadline: 0 }, ['deadline: has to be more than 0']],
  ])('%o are refused', async (options, problems) => {
    expect(await problemsOf(config, options)).toEqual(problems);
  });

  it('are good', async () => {
    const { signal } = new AbortController();
    const options = { environment: 'production', deadline: '5s', timeout: 500, signal };
    expect(await problemsOf(config, options)).toEqual([]);
  });
});

describe('the description of a secret', () => {
  it('is a string', async () => {
    const secrets = { KEY: { ref: 'app://KEY', description: 5 } };
    expect(await problemsOf({ ...config, secrets }, { environment: 'production' })).toEqual([
      'secrets.KEY.description: is no string',
    ]);
  });
});

describe("a firstOf()'s options", () => {
  it('are told with their place in the config', async () => {
    const app = firstOf(memory(), { onn: [] } as never);
    const environments = { production: { providers: { app } } };
    expect(await problemsOf({ ...config, environments }, { environment: 'production' })).toEqual([
      'environments.production.providers.app: firstOf() has no option "onn" (did you mean "on"?)',
    ]);
  });
});

describe('the redactor', () => {
  it('masks what load() gives, by the nearest one that the config names', async () => {
    const [shared, own] = [createRedactor(), createRedactor()];
    const { production } = config.environments;
    const environments = { production: { ...production }, development: { ...production, redactor: own } };
    await load({ ...config, environments, redactor: shared }, { environment: 'development' });
    expect(own.redact('canary') + shared.redact('canary')).toBe('[secret]canary');
    await load({ ...config, environments, redactor: shared }, { environment: 'production' });
    expect(shared.redact('canary')).toBe('[secret]');
  });

  it('that is none is told with its place in the config', async () => {
    const environments = { production: { ...config.environments.production, redactor: true } };
    expect(await problemsOf({ ...config, environments }, { environment: 'production' })).toEqual([
      'environments.production.redactor: is no redactor: write createRedactor()',
    ]);
  });
});

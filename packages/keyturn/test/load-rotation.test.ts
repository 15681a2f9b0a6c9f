import { describe, expect, it } from 'vitest';
import { type Config, defineConfig, load, memory, type Warning } from '../src/index.ts';

const DAY = 86_400_000;
const store = memory();
store.set('old', 'canary-old', { createdAt: new Date(Date.now() - 100 * DAY) });
store.set('new', 'canary-new', { createdAt: new Date() });

const warnings: Warning[] = [];
const config = defineConfig({
  onWarning: (warning) => void warnings.push(warning),
  rotation: { maxAge: '90d' },
  environments: {
    warning: { providers: { app: store } },
    refusing: { extends: 'warning', rotation: { maxAge: '90d', onOverdue: 'refuse' } },
    exempting: {
      extends: 'warning',
      rotation: {
        maxAge: '90d',
        onOverdue: 'refuse',
        secrets: { OLD: { exempt: { reason: 'no API yet', until: '2999-12-31' } } },
      },
    },
  },
  secrets: { OLD: 'app://old', NEW: { ref: 'app://new', rotation: { warnAt: '10d', maxAge: '20d' } } },
});

/** What `load` ends with. */
async function loaded(environment: string, given: Config = config): Promise<unknown> {
  warnings.length = 0;
  return await load(given, { environment }).then(Object.keys, (error: unknown) => String(error));
}

describe('load', () => {
  it('warns of what is overdue, or refuses it, as the environment says', async () => {
    expect(await loaded('warning')).toEqual(['OLD', 'NEW']);
    expect(warnings).toEqual([
      { kind: 'memory', message: expect.stringMatching(/^app:\/\/old is overdue for rotation: created /) },
    ]);
    expect(await loaded('refusing')).toMatch(
      /^ResolveError: 1 secret could not be resolved:\n {2}OLD \(app:\/\/old\): Refused: is overdue for rotation: .*\n {4}Rotate it; or exempt it/,
    );
    expect(await loaded('exempting')).toEqual(['OLD', 'NEW']);
    expect(warnings).toEqual([]);
  });

  it('names the place of a wrong policy, of the config, an environment or an entry', async () => {
    const wrong = {
      ...config,
      rotation: { maxAge: 'soon' },
      secrets: { KEY: { ref: 'app://new', rotation: { maxAge: '1d', warnAt: '2d' } } },
    };
    expect(await loaded('warning', wrong)).toBe(
      'ConfigError: secrets.KEY.rotation.warnAt: is not shorter than maxAge: it would warn of nothing before it is overdue',
    );
    expect(await loaded('warning', { ...wrong, secrets: { KEY: 'app://new' } })).toMatch(
      /^ConfigError: rotation\.maxAge: is no duration: /,
    );
    expect(await loaded('exempting', { ...config, secrets: { KEY: 'app://new' } })).toBe(
      'ConfigError: environments.exempting.rotation.secrets.OLD: the config has no such secret (known: KEY)',
    );
  });
});

import { describe, expect, it } from 'vitest';
import { as, ConfigError, defineConfig, memory, openConfig } from '../src/index.ts';

function opened() {
  const store = memory({ db: 'canary-1', port: '8080' });
  const config = defineConfig({
    environments: { production: { providers: { app: store } }, staging: { extends: 'production' } },
    secrets: {
      DATABASE_URL: { ref: { production: 'app://db', staging: 'app://none' } },
      PORT: { ref: 'app://port', as: as.port(), sensitive: false },
    },
  });
  return { store, app: openConfig(config, { environment: 'production' }) };
}

describe('openConfig', () => {
  it('makes no call, loads typed secrets, and the second time from the cache', async () => {
    const { store, app } = opened();
    expect({ environment: app.environment, calls: store.calls }).toEqual({
      environment: 'production',
      calls: [],
    });
    const first = await app.load();
    const second = await app.load();
    const port: number = second.PORT;
    expect([first.DATABASE_URL.reveal(), port]).toEqual(['canary-1', 8080]);
    expect(store.calls).toHaveLength(1);
    await app.close();
  });

  it('gives the references of its environment, for the resolver', async () => {
    const { store, app } = opened();
    expect(app.references).toEqual({ DATABASE_URL: 'app://db', PORT: 'app://port' });
    const client = await app.resolver.handle(app.references.DATABASE_URL, (url) => url.reveal());
    store.set('db', 'canary-2');
    await client.refresh();
    expect(await client.use((url) => url)).toBe('canary-2');
    await app.close();
    await expect(client.use((url) => url)).rejects.toThrow(ConfigError);
  });

  it('closes its resolver, by either name', async () => {
    const { app } = opened();
    await app[Symbol.asyncDispose]();
    await expect(app.load()).rejects.toThrow('the resolver is closed');
  });

  it('refuses what only load() takes', () => {
    const { signal } = new AbortController();
    const config = defineConfig({
      environments: { production: { providers: { app: memory({}) } } },
      secrets: { KEY: 'app://key' },
    });
    expect(() => openConfig(config, { signal } as never)).toThrow(
      'signal: unknown key (known: environment, deadline, timeout)',
    );
  });
});

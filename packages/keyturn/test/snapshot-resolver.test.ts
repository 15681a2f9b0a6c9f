import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { canary, leaksIn } from '../../../test/leaks/search.ts';
import {
  as,
  type Config,
  ConfigError,
  createResolver,
  load,
  type MemoryProvider,
  memory,
  type SnapshotOptions,
  snapshot,
  type Warning,
} from '../src/index.ts';
import { bytesOf, dataFolder, folder, KEY, overwrite, snapshotFile } from './support/snapshots.ts';

const opened = (options: Partial<SnapshotOptions> = {}) =>
  snapshot({ file: snapshotFile(), key: () => KEY, ...options });

function storeOf(values: Readonly<Record<string, string>> = {}): MemoryProvider {
  return {
    ...memory({ db: `{"password":"${canary('password')}"}`, pem: canary('pem'), ...values }),
    retries: 'own',
  };
}

function downStore(): MemoryProvider {
  const store = storeOf();
  store.fail('*', 'Unavailable');
  return store;
}

/** A boot as a new process makes one: everything is read, then all is closed. */
async function boot(store: MemoryProvider, more: Partial<Config> = {}) {
  const warnings: string[] = [];
  const onWarning = ({ kind, message }: Warning) =>
    void warnings.push(`${kind}: ${message}`.replaceAll(folder, '<dir>'));
  const config: Config = {
    environment: 'production',
    environments: { production: { providers: { app: store } }, staging: { extends: 'production' } },
    secrets: { PASSWORD: 'app://db#password', PEM: { ref: 'app://pem', as: as.bytes() } },
    snapshot: opened(),
    onWarning,
    ...more,
  };
  const outcome = await load(config).then(
    (values) => Object.values(values).map((value) => String((value as { reveal(): unknown }).reveal())),
    (error: unknown) => error,
  );
  return { outcome, warnings };
}

const values = [canary('password'), String(Uint8Array.from(Buffer.from(canary('pem'))))];

describe('an app with a snapshot', () => {
  it('starts while its store is down, once it has started before', async () => {
    const first = await boot(downStore());
    expect(first.outcome).toMatchObject({ name: 'ResolveError' });
    expect(first.warnings).toEqual([]);
    expect(dataFolder()).toEqual([]);

    expect(await boot(storeOf())).toEqual({ outcome: values, warnings: [] });
    expect(dataFolder()).toEqual(['snapshot']);
    expect(leaksIn(bytesOf())).toEqual([]);

    const before = bytesOf();
    const served = 'memory: Unavailable: values of the snapshot are served until it answers again';
    expect(await boot(downStore())).toEqual({ outcome: values, warnings: [served] });
    // Nothing new was read, so nothing was written.
    expect(bytesOf()).toEqual(before);
  });

  it('says where a value came from', async () => {
    await boot(storeOf());
    const resolver = createResolver({
      providers: { app: downStore() },
      environment: 'production',
      snapshot: opened(),
      onWarning: () => {},
    });
    const { source, provider, kind } = await resolver.resolveWithMetadata('app://db#password');
    expect({ source, provider, kind }).toEqual({ source: 'snapshot', provider: 'app', kind: 'memory' });
    await resolver.close();
  });

  it('is told why a file is of no use, and fails as the store does', async () => {
    await boot(storeOf());
    overwrite(bytesOf().subarray(0, -1));
    const { outcome, warnings } = await boot(downStore());
    expect(outcome).toMatchObject({ failures: [{ code: 'Unavailable' }, { code: 'Unavailable' }] });
    expect(warnings).toEqual([
      'snapshot: the snapshot <dir>/data/snapshot is damaged, or was saved with another key (the two cannot be told apart): check the key; the next save replaces it',
    ]);
    // With the store back, the file is made anew.
    expect((await boot(storeOf())).outcome).toEqual(values);
    expect((await boot(downStore())).outcome).toEqual(values);
  });

  it('takes none of another environment, and makes it its own', async () => {
    await boot(storeOf());
    const { outcome, warnings } = await boot(downStore(), { environment: 'staging' });
    expect(outcome).toMatchObject({ name: 'ResolveError' });
    expect(warnings).toEqual([
      'snapshot: the snapshot <dir>/data/snapshot is foreign: it is of the environment "production", and this is the environment "staging": choose another file, or the next save replaces it',
    ]);
    await boot(storeOf(), { environment: 'staging' });
    expect((await boot(downStore(), { environment: 'staging' })).outcome).toEqual(values);
  });

  it('starts though the snapshot cannot be written or its key is missing, with one warning each', async () => {
    const nowhere = opened({ file: join(folder, 'no', 'snapshot') });
    expect(await boot(storeOf(), { snapshot: nowhere })).toEqual({
      outcome: values,
      warnings: [
        'snapshot: the snapshot <dir>/no/snapshot could not be written: it does not exist: create it, or correct the path',
      ],
    });
    mkdirSync(join(folder, 'no', 'snapshot'), { recursive: true });
    expect(await boot(storeOf(), { snapshot: nowhere })).toEqual({
      outcome: values,
      warnings: [
        'snapshot: the snapshot <dir>/no/snapshot could not be read: it is a folder: name a file in it',
        'snapshot: the snapshot <dir>/no/snapshot could not be written: it is a folder: name a file in it',
      ],
    });
    expect(await boot(storeOf(), { snapshot: opened({ key: { env: 'NO_SUCH_VARIABLE' } }) })).toEqual({
      outcome: values,
      warnings: [
        "snapshot: the key's variable NO_SUCH_VARIABLE is not set: it holds 32 bytes as base64 or hex: `openssl rand -base64 32` makes one",
      ],
    });
  });

  it('takes the key of a file', async () => {
    const key = { file: join(folder, 'keys', 'key') };
    writeFileSync(key.file, `${KEY.toString('base64')}\n`);
    await boot(storeOf(), { snapshot: opened({ key }) });
    expect((await boot(downStore())).outcome).toEqual(values);
    expect(readFileSync(key.file, 'utf8')).toContain(KEY.toString('base64'));
  });
});

describe('in a config', () => {
  it("an environment's own comes before the config's, and false turns it off", async () => {
    const own = opened({ file: join(folder, 'data', 'own') });
    const app = storeOf();
    const production = (mine: false | ReturnType<typeof opened>) => ({
      environments: { production: { providers: { app }, snapshot: mine } },
    });
    await boot(app, production(own));
    expect(dataFolder()).toEqual(['own']);
    await boot(app, production(false));
    expect(dataFolder()).toEqual(['own']);
  });

  it.each<[Partial<Config>, string]>([
    [
      { snapshot: {} as never },
      'snapshot: is no snapshot: write snapshot({ file, key }) of the package keyturn, or false',
    ],
    [{ cache: false }, 'snapshot: contradicts `cache: false`: only what is kept can be saved and stand in'],
  ])('what is wrong has its place: %j', async (more, message) => {
    const { outcome } = await boot(storeOf(), more);
    expect(outcome instanceof ConfigError && outcome.message).toBe(message);
  });
});

import { describe, expect, it, vi } from 'vitest';
import { always, fail, type Reply } from '../../../test/servers/gcp-grpc.ts';
import { type GcpStore, secretManager } from '../../../test/servers/gcp-secret-manager.ts';
import { failureOf, locator, options, signal, startStore, text } from './harness.ts';

const UNICODE = '\uFEFFcanary: ä€😀\u0000\t"\\\r\n';
const BYTES = Uint8Array.from([0, 255, 254, 65]);

const STORE: GcpStore = {
  'projects/app/secrets/db': {
    versions: [{ value: 'canary-1' }, { value: 'canary-2' }],
    aliases: { previous: 1 },
  },
  'projects/app/secrets/unicode': { versions: [{ value: UNICODE }] },
  'projects/app/secrets/bytes': { versions: [{ value: BYTES }] },
  'projects/app/secrets/empty': { versions: [{ value: '' }] },
  'projects/app/secrets/big': { versions: [{ value: Buffer.alloc(64 * 1024, 'canary') }] },
  'projects/app/secrets/damaged': { versions: [{ value: 'canary-damaged', damaged: true }] },
  'projects/app/secrets/newest-disabled': {
    versions: [{ value: 'canary-1' }, { value: 'canary-2', state: 'DISABLED' }],
  },
  'projects/app/secrets/destroyed': { versions: [{ value: '', state: 'DESTROYED' }] },
  'projects/app/secrets/no-versions': { versions: [] },
  'projects/app/secrets/pre-db': { versions: [{ value: 'canary-prefixed' }] },
  'projects/other/secrets/db': { versions: [{ value: 'canary-other' }] },
  'projects/other/locations/europe-west3/secrets/db': { versions: [{ value: 'canary-regional' }] },
  'projects/app/locations/us-east1/secrets/db': { versions: [{ value: 'canary-located' }] },
};

const DISABLED = {
  code: 'Disabled',
  message:
    'the version is disabled or destroyed, or its KMS key is: without `?version=` it is the newest one, enabled or not',
};
const NOT_FOUND = {
  code: 'NotFound',
  message: 'Secret Manager has no such secret, or no such version of it',
};

describe('values', () => {
  it('come as bytes, unchanged', async () => {
    const { provider } = await startStore(secretManager(STORE));
    const read = async (path: string) => (await provider.fetch([locator(path)], options))[0];
    expect(await read('bytes')).toEqual({
      ok: true,
      value: { value: Buffer.from(BYTES), metadata: { version: '1' } },
    });
    expect(text(await read('unicode'))).toBe(UNICODE);
    expect(text(await read('empty'))).toBe('');
    expect(text(await read('big'))).toHaveLength(64 * 1024);
  });

  it('are refused when they were damaged on the way', async () => {
    const { provider } = await startStore(secretManager(STORE));
    expect(await provider.fetch([locator('damaged')], options)).toEqual([
      {
        ok: false,
        code: 'Unavailable',
        message: 'the payload was damaged on the way: its CRC32C is another',
      },
    ]);
  });

  it.each<[string, object, object]>([
    [
      'no payload',
      {},
      { ok: false, code: 'Unavailable', message: 'the answer of Secret Manager has no payload' },
    ],
    [
      'no checksum',
      { payload: { data: Buffer.from('x') } },
      { ok: true, value: { value: Buffer.from('x'), metadata: {} } },
    ],
    [
      'the checksum 0',
      { payload: { data: Buffer.from('x'), dataCrc32c: 0 } },
      {
        ok: false,
        code: 'Unavailable',
        message: 'the payload was damaged on the way: its CRC32C is another',
      },
    ],
  ])('come from an answer that has %s', async (_, message, outcome) => {
    const { provider } = await startStore(always({ message }));
    expect(await provider.fetch([locator('db')], options)).toEqual([outcome]);
  });
});

describe('names', () => {
  const asked = async (path: string, given = {}, params = {}) => {
    const { provider, server } = await startStore(secretManager(STORE), given);
    const [outcome] = await provider.fetch([locator(path, params)], options);
    return [server.calls.map(({ name }) => name).join(), text(outcome)];
  };

  it.each([
    ['db', {}, 'projects/app/secrets/db/versions/latest', 'canary-2'],
    ['db', { prefix: 'pre-' }, 'projects/app/secrets/pre-db/versions/latest', 'canary-prefixed'],
    ['db', { project: 'other' }, 'projects/other/secrets/db/versions/latest', 'canary-other'],
    [
      'db',
      { location: 'us-east1' },
      'projects/app/locations/us-east1/secrets/db/versions/latest',
      'canary-located',
    ],
    [
      'projects/other/secrets/db',
      { prefix: 'pre-', location: 'us-east1' },
      'projects/other/secrets/db/versions/latest',
      'canary-other',
    ],
    [
      'projects/other/locations/europe-west3/secrets/db',
      {},
      'projects/other/locations/europe-west3/secrets/db/versions/latest',
      'canary-regional',
    ],
  ])('%s with %j is %s', async (path, given, name, value) => {
    expect(await asked(path, given)).toEqual([name, value]);
  });

  it('take a version by number or alias, and say its number', async () => {
    expect(await asked('db', {}, { version: '1' })).toEqual([
      'projects/app/secrets/db/versions/1',
      'canary-1',
    ]);
    const { provider } = await startStore(secretManager(STORE));
    expect(await provider.fetch([locator('db', { version: 'previous' })], options)).toMatchObject([
      { ok: true, value: { value: Buffer.from('canary-1'), metadata: { version: '1' } } },
    ]);
  });

  it.each(['GOOGLE_CLOUD_PROJECT', 'GCLOUD_PROJECT'])('take the project from %s', async (variable) => {
    const { provider } = await startStore(secretManager(STORE), { project: undefined });
    vi.stubEnv(variable, 'other');
    const [outcome] = await provider.fetch([locator('db')], options);
    expect(text(outcome)).toBe('canary-other');
  });
});

describe('what a read fails with', () => {
  it.each([
    ['none', NOT_FOUND],
    ['no-versions', NOT_FOUND],
    ['newest-disabled', DISABLED],
    ['destroyed', DISABLED],
  ])('%s', async (path, failure) => {
    const { provider, server } = await startStore(secretManager(STORE));
    expect(await failureOf(provider, path)).toEqual(failure);
    expect(server.count()).toBe(1);
  });

  it('a missing version or alias', async () => {
    const { provider } = await startStore(secretManager(STORE));
    expect(await failureOf(provider, 'db', { version: '3' })).toEqual(NOT_FOUND);
    expect(await failureOf(provider, 'db', { version: 'gone' })).toEqual(NOT_FOUND);
  });

  it.each<[Reply, object]>([
    [
      fail('PERMISSION_DENIED', "Permission 'secretmanager.versions.access' denied (or it may not exist)."),
      {
        code: 'AccessDenied',
        message:
          'a permission is missing; or there is no such secret or project, which Google does not tell apart',
      },
    ],
    [
      fail('PERMISSION_DENIED', '', { reason: 'SERVICE_DISABLED' }),
      { code: 'AccessDenied', message: 'the Secret Manager API is not enabled in the project' },
    ],
    [
      fail('INVALID_ARGUMENT'),
      {
        code: 'InvalidReference',
        message: 'Secret Manager takes the name or the version for invalid',
      },
    ],
    [
      fail('RESOURCE_EXHAUSTED'),
      { code: 'Throttled', message: 'a quota of Secret Manager is used up', status: 8 },
    ],
    [
      fail('RESOURCE_EXHAUSTED', '', { retryAfterMs: 1500 }),
      { code: 'Throttled', message: 'a quota of Secret Manager is used up', status: 8, retryAfterMs: 1500 },
    ],
    [fail('INTERNAL'), { code: 'Unavailable', message: 'Secret Manager failed to answer', status: 13 }],
    [fail('UNAVAILABLE'), { code: 'Unavailable', message: 'Secret Manager failed to answer', status: 14 }],
    [fail('UNKNOWN'), { code: 'Unavailable', message: 'Secret Manager failed to answer', status: 2 }],
    [
      fail('DEADLINE_EXCEEDED'),
      { code: 'Unavailable', message: 'Secret Manager did not answer in time', status: 4 },
    ],
    [
      fail('UNIMPLEMENTED'),
      {
        code: 'Unavailable',
        message: 'what the endpoint sent is not an answer of Secret Manager',
        status: 12,
      },
    ],
    [
      { raw: Buffer.from('<html>canary</html>') },
      {
        code: 'Unavailable',
        message: 'what the endpoint sent is not an answer of Secret Manager',
        status: 13,
      },
    ],
    [
      'cut',
      {
        code: 'Unavailable',
        message: 'the connection was cut before the answer was complete',
        status: 14,
      },
    ],
  ])('%j', async (reply, failure) => {
    const { provider, server } = await startStore(always(reply));
    expect(await failureOf(provider)).toEqual(failure);
    expect(server.count()).toBe(1);
  });

  it('an abort, at once', async () => {
    const { provider, server } = await startStore(always('hang'));
    const controller = new AbortController();
    const read = provider.fetch([locator('db')], { ...options, signal: controller.signal });
    await server.reached;
    controller.abort();
    await expect(read).rejects.toThrow();
    await expect(
      provider.fetch([locator('db')], { ...options, signal: AbortSignal.abort() }),
    ).rejects.toThrow();
    expect(server.count()).toBe(1);
  });
});

it("warns while Google's SDK logs what it reads", async () => {
  const { provider } = await startStore(secretManager(STORE));
  const warn = vi.fn();
  await provider.fetch([locator('db')], { signal, warn });
  expect(warn).not.toHaveBeenCalled();
  vi.stubEnv('GOOGLE_SDK_NODE_LOGGING', 'other-service');
  await provider.fetch([locator('db')], { signal, warn });
  expect(warn).toHaveBeenCalledWith(
    "GOOGLE_SDK_NODE_LOGGING is set: Google's SDK writes secrets and access tokens to stderr, in clear",
  );
});

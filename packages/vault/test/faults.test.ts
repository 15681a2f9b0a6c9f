import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import type { Reply } from '../../../test/servers/vault-server.ts';
import { vault } from '../src/index.ts';
import { MOUNT, open, read, SECRET, serve, TOKEN } from './helpers.ts';

const NOT_VAULT =
  "the answer is not one of Vault's API: check that `address` (VAULT_ADDR) names Vault itself, with https:// where it listens on TLS";
const REDIRECT =
  'as a standby node may; redirects are not followed, since that would carry the token to another address: set `address` (VAULT_ADDR) to the active node or its load balancer';

/** What a read gives when the server answers it so; a mount is known beforehand. */
async function answered(reply: Reply) {
  const server = await serve(({ path }) => (path.startsWith('/v1/secret/') ? reply : undefined));
  return await read(open(server.address, { kv: 2 }));
}

const html = '<html>canary-body</html>';

describe('each answer has one code and one message', () => {
  it.each<[string, Reply, object]>([
    [
      'sealed',
      { status: 503, body: { errors: ['Vault is sealed'] } },
      { code: 'Unavailable', message: 'Vault is sealed: it has to be unsealed' },
    ],
    [
      'a standby without an active node',
      { status: 500, body: { errors: ['local node not active but active cluster node not found'] } },
      { code: 'Unavailable', message: 'this Vault node is a standby and has no active node to ask (500)' },
    ],
    [
      'a DR secondary',
      { status: 472, body: {} },
      { code: 'Unavailable', message: 'this Vault node is a standby and has no active node to ask (472)' },
    ],
    [
      'a performance standby',
      { status: 473, body: {} },
      { code: 'Unavailable', message: 'this Vault node is a standby and has no active node to ask (473)' },
    ],
    [
      'not initialized',
      { status: 501, body: {} },
      { code: 'Unavailable', message: 'Vault is not initialized (501)' },
    ],
    [
      'behind the active node',
      { status: 412, body: { errors: [] } },
      { code: 'Unavailable', message: 'this Vault node has not caught up with the active one yet (412)' },
    ],
    [
      '429 with Retry-After',
      { status: 429, headers: { 'Retry-After': '7' }, body: { errors: ['rate limit quota exceeded'] } },
      {
        code: 'Throttled',
        message: 'Vault asks to slow down: a rate limit or lease count quota is reached',
        retryAfterMs: 7000,
      },
    ],
    [
      '429 without',
      { status: 429, body: html },
      { code: 'Throttled', message: 'Vault asks to slow down: a rate limit or lease count quota is reached' },
    ],
    [
      '500',
      { status: 500, body: { errors: ['canary'] } },
      { code: 'Unavailable', message: 'Vault failed to answer (500)' },
    ],
    [
      '502 of a proxy',
      { status: 502, body: html },
      { code: 'Unavailable', message: 'Vault failed to answer (502)' },
    ],
    [
      '307',
      { status: 307, headers: { Location: 'http://127.0.0.1:1/' } },
      { code: 'Unavailable', message: `the server redirects (307), ${REDIRECT}` },
    ],
    [
      '404 that is not of Vault',
      { status: 404, body: html },
      { code: 'Unavailable', message: `${NOT_VAULT} (404)` },
    ],
    [
      '404 with other JSON',
      { status: 404, body: { message: 'no route' } },
      { code: 'Unavailable', message: `${NOT_VAULT} (404)` },
    ],
    [
      '403 that is not of Vault',
      { status: 403, body: html },
      { code: 'Unavailable', message: `${NOT_VAULT} (403)` },
    ],
    [
      'HTTP to a TLS port',
      { status: 400, body: 'Client sent an HTTP request to an HTTPS server.' },
      { code: 'Unavailable', message: `${NOT_VAULT} (400)` },
    ],
    ['418', { status: 418, body: { errors: [] } }, { code: 'Unavailable', message: `${NOT_VAULT} (418)` }],
    [
      '200 that is no JSON',
      { status: 200, body: html },
      { code: 'Unavailable', message: `${NOT_VAULT} (200)` },
    ],
  ])('%s', async (_name, reply, expected) => {
    const status = typeof reply === 'object' ? reply.status : undefined;
    expect(await answered(reply)).toEqual({ ...expected, status });
  });

  it.each<[string, Reply]>([
    ['200 without data', { status: 200, body: {} }],
    ['200 without metadata', { status: 200, body: { data: { data: {} } } }],
    ['200 with data that is no map', { status: 200, body: { data: { data: 'x', metadata: {} } } }],
  ])('%s', async (_name, reply) => {
    expect(await answered(reply)).toEqual({ code: 'Unavailable', message: NOT_VAULT });
  });

  it.each<[string, Reply, object]>([
    [
      '400 of Vault',
      { status: 400, body: { errors: ['canary'] } },
      { code: 'InvalidReference', message: 'Vault refuses the request as invalid (400): correct the path' },
    ],
    [
      '405',
      { status: 405, body: { errors: ['unsupported operation'] } },
      { code: 'InvalidReference', message: 'what lives at this path cannot be read (405)' },
    ],
    [
      '403',
      { status: 403, body: { errors: ['permission denied'] } },
      { code: 'AccessDenied', message: 'no policy of this token grants `read` here' },
    ],
    [
      '404',
      { status: 404, body: { errors: [] } },
      { code: 'NotFound', message: 'nothing lives at "secret/app"' },
    ],
    [
      'deleted, by a clock that is ahead of ours',
      {
        status: 404,
        body: { data: { data: null, metadata: { deletion_time: '2999-01-02T03:04:05Z', destroyed: false } } },
      },
      {
        code: 'Disabled',
        message:
          'this version was deleted at 2999-01-02T03:04:05.000Z: undelete it, or refer to another version',
      },
    ],
  ])('of the secret itself: %s', async (_name, reply, expected) => {
    expect(await answered(reply)).toEqual({ ok: false, ...expected });
  });

  it('cut mid-body', async () => {
    expect(await answered('cut')).toEqual({
      code: 'Unavailable',
      message: 'the connection was cut before the answer was complete (ECONNRESET)',
    });
  });

  it('refused, unknown to DNS, and no TLS where https is asked for', async () => {
    const server = await serve();
    expect(await read(open('http://127.0.0.1:1'))).toEqual({
      code: 'Unavailable',
      message:
        'nothing accepts connections at `address` (VAULT_ADDR): is Vault running there? (ECONNREFUSED)',
    });
    expect(await read(open('http://vault.invalid:8200'))).toEqual({
      code: 'Unavailable',
      message: expect.stringMatching(
        /^(the host of `address` \(VAULT_ADDR\) is not known to DNS|DNS gives no answer).* \((ENOTFOUND|EAI_AGAIN)\)$/,
      ),
    });
    expect(await read(open(server.address.replace('http:', 'https:')))).toEqual({
      code: 'Unavailable',
      message: expect.stringMatching(
        /^TLS could not be agreed on: does `address` speak https there, .* \(\w+\)$/,
      ),
    });
  });

  it('an answer without bounds is not read to its end', async () => {
    const body = { data: { data: { v: 'x'.repeat(33 * 1024 * 1024) }, metadata: {} } };
    expect(await answered({ status: 200, body })).toEqual({
      code: 'Unavailable',
      message: 'the answer is larger than 32 MiB: it was not read',
    });
  });
});

describe('the question for the mount', () => {
  it.each<[string, Reply]>([
    ['404 with JSON of Vault, as of one before 0.10', { status: 404, body: { errors: [] } }],
    ['404 of something else', { status: 404, body: html }],
    ['200 without a path', { status: 200, body: { data: { type: 'kv' } } }],
    ['200 with a mount of another path', { status: 200, body: { data: { ...MOUNT.data, path: 'other/' } } }],
  ])('never reads as a missing secret: %s', async (_name, reply) => {
    const server = await serve(({ path }) => (path.includes('/mounts/') ? reply : undefined));
    expect(await read(open(server.address))).toMatchObject({
      code: 'Unavailable',
      message: expect.stringContaining(NOT_VAULT),
    });
  });

  it('takes a mount that begins with the child namespace, as the official client does', async () => {
    const server = await serve(({ path }) =>
      path.includes('/mounts/')
        ? { status: 200, body: { data: { ...MOUNT.data, path: 'child/secret/' } } }
        : undefined,
    );
    expect(await read(open(server.address, { namespace: 'parent' }))).toMatchObject({ ok: true });
    expect(server.calls().at(-1)).toBe('GET /v1/secret/data/app');
  });

  it('is asked again after it failed', async () => {
    let failures = 1;
    const server = await serve(() =>
      failures-- > 0 ? { status: 503, body: { errors: ['Vault is sealed'] } } : undefined,
    );
    const provider = open(server.address);
    expect(await read(provider)).toMatchObject({ code: 'Unavailable' });
    expect(await read(provider)).toMatchObject({ ok: true });
  });
});

it('follows no redirect, so that the token reaches no other server', async () => {
  const other = await serve();
  const server = await serve(() => ({
    status: 307,
    headers: { Location: `${other.address}/v1/secret/data/app` },
  }));
  expect(await read(open(server.address))).toMatchObject({ code: 'Unavailable' });
  expect(other.seen).toEqual([]);
});

it('no error holds a token, a value, or what the server sent', async () => {
  const replies: Reply[] = [
    'cut',
    { status: 500, body: { errors: ['canary-body'] } },
    { status: 403, body: { errors: ['canary-body'] } },
    { status: 200, body: 'canary-body' },
    { status: 200, body: { data: SECRET.data.data } },
  ];
  const clients = replies.map(async (reply) => {
    const server = await serve(() => reply);
    return open(server.address, { kv: 2 });
  });
  for (const provider of [...(await Promise.all(clients)), open('http://127.0.0.1:1')]) {
    const signal = AbortSignal.timeout(10_000);
    const thrown = await provider
      .fetch([{ path: 'secret/app', params: {} }], { signal, warn: () => undefined })
      .catch((error: unknown) => error);
    const text = `${inspect(thrown, { depth: 9, showHidden: true })} ${JSON.stringify(thrown)}`;
    expect(text).not.toMatch(new RegExp(`${TOKEN}|canary`));
  }
});

it('knows nothing of errors that are not its own', () => {
  for (const error of [
    new Error('x'),
    new TypeError('x'),
    undefined,
    'x',
    { code: 1 },
    { code: 'ERR_INVALID_ARG' },
  ]) {
    expect(vault().classify(error)).toBeUndefined();
  }
});

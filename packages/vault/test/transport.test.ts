import { execFile } from 'node:child_process';
import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { promisify } from 'node:util';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { makeCertificates } from '../../../test/servers/certificates.ts';
import { startVaultServer } from '../../../test/servers/vault-server.ts';
import packageJson from '../package.json' with { type: 'json' };
import { vault } from '../src/index.ts';
import { createTransport, VERSION } from '../src/transport.ts';
import { later, open, read, SECRET, serve } from './helpers.ts';

afterEach(() => vi.unstubAllEnvs());

it('names the version of its package', () => {
  expect(VERSION).toBe(packageJson.version);
});

describe('the signal', () => {
  it.each([2, undefined] as const)('ends a read that hangs, with its own reason (kv: %s)', async (kv) => {
    const reason = new Error('enough');
    const controller = new AbortController();
    const server = await serve(() => {
      controller.abort(reason);
      return 'hang';
    });
    const provider = open(server.address, kv === undefined ? {} : { kv });
    await expect(read(provider, 'secret/app', controller.signal)).rejects.toBe(reason);
  });

  it('that has aborted before makes no call', async () => {
    const server = await serve();
    const reason = new Error('too late');
    await expect(read(open(server.address), 'secret/app', AbortSignal.abort(reason))).rejects.toBe(reason);
    expect(server.seen).toEqual([]);
  });

  it('of one reader ends neither the login nor the mount of the others', async () => {
    const controller = new AbortController();
    let release = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    const server = await serve(async ({ path }) => {
      if (!/login|mounts/.test(path)) return undefined;
      controller.abort(new Error('enough'));
      await held;
      return undefined;
    });
    const provider = open(server.address, { auth: { userpass: { username: 'a b', password: 'canary' } } });
    const first = read(provider, 'secret/app', controller.signal);
    const second = read(provider, 'secret/app');
    await expect(first).rejects.toThrow('enough');
    release();
    expect(await second).toMatchObject({ ok: true });
    expect(server.calls()).toEqual([
      'POST /v1/auth/userpass/login/a%20b',
      'GET /v1/sys/internal/ui/mounts/secret/app',
      'GET /v1/secret/data/app',
    ]);
  });

  it('of the last reader ends the shared work, and the next reader starts anew', async () => {
    const controller = new AbortController();
    let hangs = true;
    const server = await serve(({ path }) => {
      if (!path.includes('/mounts/') || !hangs) return undefined;
      hangs = false;
      controller.abort(new Error('enough'));
      return 'hang';
    });
    const provider = open(server.address);
    await expect(read(provider, 'secret/app', controller.signal)).rejects.toThrow('enough');
    await expect.poll(() => server.open()).toBe(0);
    expect(await read(provider)).toMatchObject({ ok: true });
  });

  it('ends the wait for a client that was handed in and takes none', async () => {
    const controller = new AbortController();
    const read = () => {
      controller.abort(new Error('enough'));
      return new Promise<never>(() => undefined);
    };
    const provider = vault({ client: { read }, kv: 2 });
    await expect(
      provider.fetch([{ path: 'secret/app', params: {} }], {
        signal: controller.signal,
        warn: () => undefined,
      }),
    ).rejects.toThrow('enough');
  });
});

it('dials nothing and loads nothing until the first read, and lets go of its connections', async () => {
  const server = await serve();
  const provider = open(server.address);
  expect(server.connections()).toBe(0);
  await read(provider);
  await read(provider);
  expect(server.connections()).toBe(1);
  await provider[Symbol.asyncDispose]?.();
  await expect.poll(() => server.open()).toBe(0);
  await read(provider);
  expect(server.connections()).toBe(2);
});

it('leaves the idle connection out of what keeps a process alive', async () => {
  const server = await serve();
  const program = `
    import { createTransport } from ${JSON.stringify(new URL('../src/transport.ts', import.meta.url).href)};
    import { setImmediate as turn } from 'node:timers/promises';
    const sockets = () => process.getActiveResourcesInfo().filter((name) => name === 'TCPSocketWrap').length;
    const [address] = process.argv.slice(1);
    const transport = createTransport(new URL(address), {}, 1, {});
    const sending = transport.send({
      method: 'GET', url: address, headers: {}, signal: AbortSignal.timeout(10_000),
    });
    await turn();
    const during = sockets();
    await sending;
    await turn();
    console.log(JSON.stringify({ during, after: sockets() }));`;
  const { stdout } = await promisify(execFile)(process.execPath, [
    '--input-type=module',
    '-e',
    program,
    server.address,
  ]);
  expect(JSON.parse(stdout)).toEqual({ during: 1, after: 0 });
  expect(server.connections()).toBe(1);
});

describe('proxies', () => {
  /** A proxy that only makes tunnels (RFC 9110, 9.3.6), to wherever `target` says. */
  async function startProxy(target: () => number) {
    const asked: string[] = [];
    const proxy = createServer();
    proxy.on('connect', (request, socket) => {
      asked.push(request.url ?? '');
      const inner = connect(target(), '127.0.0.1', () => {
        socket.write('HTTP/1.1 200 OK\r\n\r\n');
        inner.pipe(socket).pipe(inner);
      });
      inner.on('error', () => socket.destroy());
      socket.on('error', () => inner.destroy());
    });
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
    later(async () => {
      proxy.closeAllConnections();
      proxy.close();
    });
    return { asked, url: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}` };
  }

  it('HTTPS_PROXY carries a tunnel, NO_PROXY and this machine itself do not', async () => {
    const pki = await makeCertificates('vault.test');
    const server = await startVaultServer(() => ({ status: 200, body: SECRET }), pki.server);
    later(server.stop);
    const port = Number(new URL(server.address).port);
    const proxy = await startProxy(() => port);
    const send = async (address: string, env: NodeJS.ProcessEnv) => {
      const transport = createTransport(new URL(address), { ca: [pki.ca], servername: 'vault.test' }, 1, env);
      later(async () => transport.close());
      const url = `${address}/v1/secret/data/app`;
      return await transport.send({ method: 'GET', url, headers: {}, signal: AbortSignal.timeout(10_000) });
    };
    const env = { HTTPS_PROXY: proxy.url };
    expect(await send('https://vault.test:8200', env)).toMatchObject({ status: 200 });
    expect(proxy.asked).toEqual(['vault.test:8200']);
    expect(await send(server.address, env)).toMatchObject({ status: 200 });
    await expect(send('https://vault.invalid', { ...env, NO_PROXY: 'vault.invalid' })).rejects.toThrow('DNS');
    expect(proxy.asked).toHaveLength(1);
  });
});

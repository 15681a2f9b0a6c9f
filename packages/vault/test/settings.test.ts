import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Certificates, makeCertificates } from '../../../test/servers/certificates.ts';
import { startVaultServer } from '../../../test/servers/vault-server.ts';
import { type VaultConnectionOptions, vault } from '../src/index.ts';
import { later, MOUNT, open, read, SECRET, serve, TOKEN } from './helpers.ts';

const VARIABLES = [
  'ADDR',
  'TOKEN',
  'NAMESPACE',
  'CACERT',
  'CACERT_BYTES',
  'CAPATH',
  'CLIENT_CERT',
  'CLIENT_KEY',
  'TLS_SERVER_NAME',
  'SKIP_VERIFY',
  'PREFIX',
];
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'keyturn-vault-'));
  for (const name of VARIABLES) vi.stubEnv(`VAULT_${name}`, undefined);
  vi.stubEnv('HOME', folder);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true });
});

/** What the first read says; nothing listens at the address. */
const first = (options: VaultConnectionOptions) => read(vault(options));

const NOWHERE = 'http://127.0.0.1:1';

describe('Misconfigured, before any call', () => {
  it.each<[string, VaultConnectionOptions, string]>([
    [
      'no address',
      {},
      'the address of Vault is not set: give the option `address` or set VAULT_ADDR, such as "https://vault.example.com:8200"',
    ],
    ['no URL', { address: 'vault:8200' }, '`address` (VAULT_ADDR) is no http:// or https:// URL'],
    [
      'no http',
      { address: 'unix:///run/vault.sock' },
      '`address` (VAULT_ADDR) is no http:// or https:// URL',
    ],
    [
      'a password in the address',
      { address: 'http://user:canary@vault' },
      '`address` (VAULT_ADDR) may hold no user, password, query or fragment',
    ],
    [
      'a user in the address',
      { address: 'http://canary@vault' },
      '`address` (VAULT_ADDR) may hold no user, password, query or fragment',
    ],
    [
      'a namespace that is no header',
      { address: NOWHERE, namespace: 'a\nb' },
      '`namespace` (VAULT_NAMESPACE) holds a character that no header carries',
    ],
    [
      'no way to log in',
      { address: NOWHERE },
      'no way to log in: set the option `auth`, or VAULT_TOKEN, or log in with `vault login` (~/.vault-token)',
    ],
    [
      'two ways to log in',
      { address: NOWHERE, auth: { token: 'x', userpass: { username: 'x', password: 'y' } } },
      '`auth` takes exactly one of token, appRole, jwt, kubernetes, userpass, login',
    ],
    [
      'a token with a line end',
      { address: NOWHERE, auth: { token: 'canary\n' } },
      'auth: the token is empty, or holds what no token holds (a blank, a line end)',
    ],
    [
      'a mount without a version',
      { address: NOWHERE, mount: 'kv' },
      '`mount` is taken with `kv: 2` only: otherwise the path alone says it',
    ],
    [
      'half a client certificate',
      { address: NOWHERE, tls: { cert: 'x' } },
      'a client certificate needs both `tls.cert` (VAULT_CLIENT_CERT) and `tls.key` (VAULT_CLIENT_KEY)',
    ],
    [
      'a client certificate that is none',
      { address: NOWHERE, tls: { cert: 'canary', key: 'canary' } },
      '`tls.cert` (VAULT_CLIENT_CERT) and `tls.key` (VAULT_CLIENT_KEY) are no PEM pair of certificate and key',
    ],
    ['a CA that is none', { address: NOWHERE, tls: { ca: 'canary' } }, 'tls.ca: holds no PEM certificate'],
    [
      'a token file that is not there',
      { address: NOWHERE, auth: { kubernetes: { role: 'app', file: '/nowhere/token' } } },
      'auth.kubernetes.file: /nowhere/token cannot be read (ENOENT)',
    ],
  ])('%s', async (_name, options, message) => {
    expect(await first(options)).toEqual({ code: 'Misconfigured', message });
  });

  it.each([
    ['VAULT_CACERT', '/nowhere/ca.pem', 'VAULT_CACERT: cannot be read (ENOENT)'],
    ['VAULT_CACERT_BYTES', 'canary', 'VAULT_CACERT_BYTES: holds no PEM certificate'],
    ['VAULT_CAPATH', '/nowhere', 'VAULT_CAPATH: cannot be read (ENOENT)'],
    ['VAULT_CAPATH', '.', 'VAULT_CAPATH: the folder holds no PEM certificate'],
    ['VAULT_CLIENT_CERT', '/nowhere/cert.pem', 'VAULT_CLIENT_CERT: cannot be read (ENOENT)'],
    ['VAULT_SKIP_VERIFY', 'yes', 'VAULT_SKIP_VERIFY: is neither true nor false: write "true" or "false"'],
  ])('%s=%s', async (name, value, message) => {
    vi.stubEnv(name, value === '.' ? folder : value);
    expect(await first({ address: NOWHERE })).toEqual({ code: 'Misconfigured', message });
  });

  it('is forgotten once it is mended', async () => {
    const server = await serve();
    const provider = vault();
    later(async () => await provider[Symbol.asyncDispose]?.());
    expect(await read(provider)).toMatchObject({ code: 'Misconfigured' });
    vi.stubEnv('VAULT_ADDR', server.address);
    vi.stubEnv('VAULT_TOKEN', TOKEN);
    expect(await read(provider)).toMatchObject({ ok: true });
  });
});

describe('the environment', () => {
  it('VAULT_ADDR, VAULT_TOKEN and VAULT_NAMESPACE; VAULT_PREFIX changes nothing', async () => {
    const server = await serve();
    vi.stubEnv('VAULT_ADDR', `${server.address}/`);
    vi.stubEnv('VAULT_TOKEN', TOKEN);
    vi.stubEnv('VAULT_NAMESPACE', 'team/a');
    vi.stubEnv('VAULT_PREFIX', '/elsewhere');
    const provider = vault({ kv: 2 });
    later(async () => await provider[Symbol.asyncDispose]?.());
    expect(await read(provider)).toMatchObject({ ok: true });
    expect(server.calls()).toEqual(['GET /v1/secret/data/app']);
    expect(server.seen[0]?.headers).toMatchObject({
      'x-vault-token': TOKEN,
      'x-vault-namespace': 'team/a',
      'x-vault-request': 'true',
      'user-agent': 'keyturn/0.1.0',
    });
  });

  it('yields to the options, also where they say "none"', async () => {
    const server = await serve();
    vi.stubEnv('VAULT_ADDR', NOWHERE);
    vi.stubEnv('VAULT_TOKEN', 'canary-other');
    vi.stubEnv('VAULT_NAMESPACE', 'other');
    expect(await read(open(server.address, { kv: 2, namespace: '' }))).toMatchObject({ ok: true });
    expect(server.seen[0]?.headers).toMatchObject({ 'x-vault-token': TOKEN });
    expect(server.seen[0]?.headers).not.toHaveProperty('x-vault-namespace');
  });

  it('~/.vault-token comes after VAULT_TOKEN, without its line end', async () => {
    const server = await serve();
    await writeFile(join(folder, '.vault-token'), 'canary-file\n');
    const tokenOf = async () => {
      const provider = vault({ address: server.address, kv: 2 });
      later(async () => await provider[Symbol.asyncDispose]?.());
      await read(provider);
      return server.seen.at(-1)?.headers['x-vault-token'];
    };
    expect(await tokenOf()).toBe('canary-file');
    vi.stubEnv('VAULT_TOKEN', 'canary-variable');
    expect(await tokenOf()).toBe('canary-variable');
  });

  it('keeps a path of the address, as behind a proxy', async () => {
    const server = await serve();
    await read(open(`${server.address}/vault/`, { kv: 2 }));
    expect(server.calls()).toEqual(['GET /vault/v1/secret/data/app']);
  });
});

describe('TLS by the environment', () => {
  let pki: Certificates;
  beforeAll(async () => {
    pki = await makeCertificates('vault.test');
  });
  let address: string;
  beforeEach(async () => {
    const server = await startVaultServer(
      ({ path }) => ({ status: 200, body: path.includes('/mounts/') ? MOUNT : SECRET }),
      { ...pki.server, clientCa: pki.ca },
    );
    later(server.stop);
    address = server.address;
    await writeFile(join(folder, 'cert.pem'), pki.client.cert);
    await writeFile(join(folder, 'key.pem'), pki.client.key);
    await writeFile(join(folder, 'notes.txt'), 'no certificate');
    vi.stubEnv('VAULT_CLIENT_CERT', join(folder, 'cert.pem'));
    vi.stubEnv('VAULT_CLIENT_KEY', join(folder, 'key.pem'));
    vi.stubEnv('VAULT_TLS_SERVER_NAME', 'vault.test');
  });

  it('VAULT_CACERT', async () => {
    await writeFile(join(folder, 'ca.crt'), pki.ca);
    vi.stubEnv('VAULT_CACERT', join(folder, 'ca.crt'));
    expect(await read(open(address))).toMatchObject({ ok: true });
  });

  it('VAULT_CACERT_BYTES', async () => {
    vi.stubEnv('VAULT_CACERT_BYTES', pki.ca);
    expect(await read(open(address))).toMatchObject({ ok: true });
  });

  it('VAULT_CAPATH, a folder with more than certificates', async () => {
    await writeFile(join(folder, 'ca.crt'), pki.ca);
    vi.stubEnv('VAULT_CAPATH', folder);
    expect(await read(open(address))).toMatchObject({ ok: true });
  });

  it.each(['false', '0', 'F', ''])('VAULT_SKIP_VERIFY=%s keeps verification on', async (value) => {
    vi.stubEnv('VAULT_SKIP_VERIFY', value);
    expect(await read(open(address))).toMatchObject({
      code: 'Unavailable',
      message: expect.stringContaining('certificate is not trusted'),
    });
  });

  it.each(['true', '1', 'T'])('VAULT_SKIP_VERIFY=%s turns it off, and the option wins', async (value) => {
    vi.stubEnv('VAULT_SKIP_VERIFY', value);
    expect(await read(open(address))).toMatchObject({ ok: true });
    expect(await read(open(address, { tls: { skipVerify: false } }))).toMatchObject({ code: 'Unavailable' });
  });
});

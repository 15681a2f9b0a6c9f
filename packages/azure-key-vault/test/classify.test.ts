import { inspect } from 'node:util';
import {
  ChainedTokenCredential,
  ClientSecretCredential,
  CredentialUnavailableError,
  EnvironmentCredential,
} from '@azure/identity';
import { SecretClient } from '@azure/keyvault-secrets';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createCredential } from '../../../test/servers/azure-credential.ts';
import { AT_ONCE, type Entra, type Refusal } from '../../../test/servers/azure-entra.ts';
import { always, fault, type Reply, TENANT } from '../../../test/servers/azure-key-vault.ts';
import { azureKeyVault } from '../src/index.ts';
import type { Credential } from '../src/tokens.ts';
import { failureOf, locator, open, options, startLogin, startServer, startStore } from './harness.ts';

/** A credential that finds nothing to log in by. */
const UNSET: Credential = { getToken: () => Promise.reject(new CredentialUnavailableError('canary')) };

const DENIED =
  'the vault denies it: grant the role "Key Vault Secrets User", or by its access policy the secret permission get, and list for metadata';

afterEach(() => {
  vi.unstubAllEnvs();
});

describe('what Key Vault refuses', () => {
  it.each<[Reply, string, string]>([
    [fault(404, 'SecretNotFound'), 'NotFound', 'the vault has no such secret or version'],
    [fault(400, 'BadParameter'), 'InvalidReference', 'Key Vault takes the name or the version for invalid'],
    [fault(401, 'Unauthorized'), 'Unauthenticated', 'the vault refuses the token: is it of the same tenant?'],
    [fault(403, 'Forbidden'), 'AccessDenied', DENIED],
    [fault(403, 'Forbidden', { inner: 'AccessDenied' }), 'AccessDenied', DENIED],
    [fault(403, 'Forbidden', { inner: 'ForbiddenByPolicy' }), 'AccessDenied', DENIED],
    [
      fault(403, 'Forbidden', { inner: 'ForbiddenByRbac' }),
      'AccessDenied',
      'no role grants this: assign "Key Vault Secrets User" on the vault, and wait some minutes',
    ],
    [
      fault(403, 'Forbidden', { inner: 'ForbiddenByFirewall' }),
      'AccessDenied',
      "the vault's firewall lets no requests in from this network",
    ],
    [
      fault(403, 'Forbidden', { inner: 'ForbiddenByConnection' }),
      'AccessDenied',
      'the vault can be reached by its private endpoints only',
    ],
    [
      fault(403, 'Forbidden', { inner: 'SecretDisabled' }),
      'Disabled',
      'this version is disabled: enable it, or refer to another version',
    ],
    [fault(429, 'Throttled'), 'Throttled', 'Key Vault asks for fewer requests'],
    [fault(408, 'RequestTimeout'), 'Unavailable', 'Key Vault failed to answer (HTTP 408)'],
    [fault(500, 'InternalServerError'), 'Unavailable', 'Key Vault failed to answer (HTTP 500)'],
    [{ status: 503, body: '<html>canary' }, 'Unavailable', 'Key Vault failed to answer (HTTP 503)'],
  ])('%j', async (reply, code, message) => {
    const status = 'status' in reply ? reply.status : undefined;
    const { provider, server } = await startStore({
      script: ({ path, token }) => (token !== undefined && path.startsWith('/secrets/') ? reply : undefined),
    });
    if (status === 404) {
      expect(await provider.fetch([locator('key')], options)).toEqual([{ ok: false, code, message }]);
    } else {
      expect(await failureOf(provider, locator('key'))).toEqual({
        code,
        message,
        status,
        requestId: 'request-id',
      });
      expect(server.count()).toBe(1);
    }
  });

  it('says how long to wait, in seconds or until a date', async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: new Date('2026-11-21T12:00:00Z') });
    const waits = ['7', 'Sat, 21 Nov 2026 12:00:30 GMT', 'soon'].map(async (after) => {
      const { provider } = await startStore({
        script: always(fault(429, 'Throttled', { headers: { 'retry-after': after } })),
      });
      return (await failureOf(provider, locator('key')))?.retryAfterMs;
    });
    expect(await Promise.all(waits).finally(vi.useRealTimers)).toEqual([7_000, 30_000, undefined]);
  });
});

describe('a connection that fails', () => {
  it.each([
    ['https://127.0.0.1:1', 'nothing accepts connections at `vaultUrl` (ECONNREFUSED)'],
    [
      'https://vault.invalid',
      'DNS does not know the host of `vaultUrl` (AZURE_KEYVAULT_RESOURCEENDPOINT) (ENOTFOUND)',
    ],
  ])('is Unavailable: %s', async (vaultUrl, message) => {
    const provider = open({ vaultUrl, credential: createCredential() });
    expect(await failureOf(provider, locator('key'))).toEqual({ code: 'Unavailable', message });
  });

  it('is Unavailable when the certificate is for another name', async () => {
    const { port } = await startServer();
    const provider = open({ vaultUrl: `https://127.0.0.1:${port}`, credential: createCredential() });
    expect(await failureOf(provider, locator('key'))).toEqual({
      code: 'Unavailable',
      message:
        "the server's TLS certificate is for another name than that of `vaultUrl` (ERR_TLS_CERT_ALTNAME_INVALID)",
    });
  });
});

describe('a login by a real credential', () => {
  const WRONG = 'Microsoft Entra ID refuses the credentials: they are wrong, or have expired';
  const DOWN = 'the login service gives no answer';

  async function failureAt(make: (entra: Entra) => Credential, refusal?: Refusal) {
    const { server } = await startStore();
    const entra = await startLogin(refusal);
    return await failureOf(open({ vaultUrl: server.url, credential: make(entra) }), locator('key'));
  }

  it.each<[string, Refusal | undefined, object]>([
    ['with a wrong secret', undefined, { code: 'Unauthenticated', message: WRONG }],
    [
      'of an app that is not known',
      { status: 400, error: 'unauthorized_client' },
      { code: 'Unauthenticated', message: WRONG },
    ],
    [
      'while logins are throttled',
      { status: 429, error: 'temporarily_unavailable' },
      { code: 'Throttled', message: 'the login service asks for fewer logins' },
    ],
    [
      'while the service is down',
      { status: 503, error: 'temporarily_unavailable' },
      { code: 'Unavailable', message: `${DOWN} (HTTP 503)` },
    ],
  ])('%s', async (_, refusal, failure) => {
    const alone = (entra: Entra) => entra.credential('canary-wrong');
    expect(await failureAt(alone, refusal)).toEqual(failure);
    // As DefaultAzureCredential is one.
    const chained = (entra: Entra) => new ChainedTokenCredential(UNSET, alone(entra));
    expect(await failureAt(chained, refusal)).toEqual(failure);
  });

  it.each([
    ['a wrong secret', undefined, { code: 'Unauthenticated', message: WRONG }],
    // What EnvironmentCredential throws has the status in no way, and the error in words only.
    ['an outage', { status: 503, error: 'temporarily_unavailable' }, { code: 'Unavailable', message: DOWN }],
  ])('out of the environment, with %s', async (_, refusal, failure) => {
    const fromEnvironment = (entra: Entra) => {
      for (const [name, value] of Object.entries(entra.env('canary-wrong'))) vi.stubEnv(name, value);
      return new EnvironmentCredential(AT_ONCE);
    };
    expect(await failureAt(fromEnvironment, refusal)).toEqual(failure);
  });
});

describe('what other errors are', () => {
  const { classify } = azureKeyVault();
  const named = (name: string, fields: object = {}) => Object.assign(new Error('canary'), { name }, fields);
  const NETWORK = 'Unavailable';

  it.each([
    [
      named('RestError', { code: 'DEPTH_ZERO_SELF_SIGNED_CERT' }),
      NETWORK,
      /is not trusted: .*NODE_EXTRA_CA_CERTS/,
    ],
    [named('RestError', { code: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE' }), NETWORK, /is not trusted/],
    [
      named('RestError', { code: 'ERR_SSL_WRONG_VERSION_NUMBER' }),
      NETWORK,
      /^the server does not speak TLS \(/,
    ],
    [named('RestError', { code: 'HPE_INVALID_CONSTANT' }), NETWORK, /^the server does not speak HTTP \(/],
    [named('RestError', { code: 'ECONNRESET' }), NETWORK, /^the connection was cut/],
    [named('RestError', { code: 'canary' }), NETWORK, /^what came back is not an answer of Key Vault/],
    [named('AbortError'), 'Unavailable', /^the call ended without an answer$/],
    [named('AuthenticationError', { statusCode: 401 }), 'Unauthenticated', /^Microsoft Entra ID refuses/],
    [named('AuthenticationError', { statusCode: 429 }), 'Throttled', /^the login service asks/],
    [
      named('AuthenticationError', { statusCode: 503 }),
      NETWORK,
      /^the login service gives no answer \(HTTP 503\)$/,
    ],
    [named('AuthenticationRequiredError'), 'Unauthenticated', /^no credential gives a token/],
    [named('AggregateAuthenticationError'), 'Unauthenticated', /^no credential gives a token/],
    [new CredentialUnavailableError('canary'), 'Unauthenticated', /^no credential gives a token/],
  ])('%s', (error, code, message) => {
    expect(classify(error)).toEqual({ code, message: expect.stringMatching(message) });
  });

  it.each([undefined, null, 'canary', new Error('canary'), new TypeError('canary'), { code: 'ENOTFOUND' }])(
    'unknown: %s',
    (error) => {
      expect(classify(error)).toBeUndefined();
    },
  );

  it('a login service that cannot be reached is Unavailable, by the real credential', async () => {
    const credential = new ClientSecretCredential(TENANT, 'client', 'canary-secret', {
      authorityHost: 'https://login.invalid',
    });
    const { server } = await startStore();
    const provider = open({ vaultUrl: server.url, credential });
    expect(await failureOf(provider, locator('key'))).toEqual({
      code: 'Unavailable',
      message: 'the login service gives no answer',
    });
  });
});

it('a client that is handed in has its errors named too', async () => {
  const server = await startServer({ resource: 'https://other.test' });
  const client = new SecretClient(server.url, createCredential(), { retryOptions: { maxRetries: 0 } });
  expect(await failureOf(open({ client }), locator('key'))).toMatchObject({ code: 'Misconfigured' });
});

it('no value and no token is in what is thrown or named', async () => {
  const { provider } = await startStore({
    script: always({ status: 200, body: '<html>canary-body', headers: {} }),
  });
  const error = await provider.fetch([locator('key')], options).catch((reason: unknown) => reason);
  expect(inspect(provider.classify(error))).not.toContain('canary');
});

import { once } from 'node:events';
import { createServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import { always, fault } from '../../../test/servers/aws-json.ts';
import { CREDENTIALS, failureOf, locator, smallest, startStore } from './harness.ts';

/** As readers of it report: https://github.com/external-secrets/kubernetes-external-secrets/issues/390 */
const SHORT_KMS_DENIAL = 'Access to KMS is not allowed';
const KMS_DENIAL =
  'The ciphertext refers to a customer master key that does not exist, does not exist in this region, or you are not allowed to access. (Service: AWSKMS; Status Code: 400; Error Code: AccessDeniedException)';
const KEY_DENIED = 'its KMS key denies decryption: allow kms:Decrypt on that key';

/** Of a caller, and about a resource, whose names have "kms" in them. */
const denial = (action: string) =>
  `User: arn:aws:sts::123456789012:assumed-role/kms-canary/i-1 is not authorized to perform: ${action} on resource: canary/kms because no identity-based policy allows the ${action} action`;

describe('errors of AWS', () => {
  it.each([
    ['AccessDeniedException', {}, 'AccessDenied', undefined],
    [
      'AccessDeniedException',
      { message: denial('ssm:GetParameters') },
      'AccessDenied',
      'AWS denies `ssm:GetParameters`',
    ],
    ['AccessDeniedException', { message: denial('kms:Decrypt') }, 'AccessDenied', KEY_DENIED],
    ['AccessDeniedException', { message: KMS_DENIAL }, 'AccessDenied', KEY_DENIED],
    ['AccessDeniedException', { message: SHORT_KMS_DENIAL }, 'AccessDenied', KEY_DENIED],
    ['ThrottlingException', {}, 'Throttled', 'AWS asks for fewer requests'],
    ['InternalFailure', { status: 500 }, 'Unavailable', 'AWS failed to answer'],
    ['UnrecognizedClientException', {}, 'Unauthenticated', 'AWS does not know the credentials'],
    [
      'InvalidSignatureException',
      {},
      'Unauthenticated',
      'AWS refuses the signature: the secret access key or the clock of this machine is wrong',
    ],
    ['OwnName', {}, 'Disabled', 'our own words'],
    ['NoSuchThing', { status: 503 }, 'Unavailable', 'the endpoint answered with HTTP 503'],
    ['NoSuchThing', { status: 429 }, 'Throttled', 'the endpoint answered with HTTP 429'],
    ['NoSuchThing', { status: 401 }, 'Unauthenticated', 'the endpoint answered with HTTP 401'],
    ['NoSuchThing', { status: 403 }, 'AccessDenied', 'the endpoint answered with HTTP 403'],
  ])(
    '%s %j',
    async (name, {
      status = 400,
      message: text = 'canary',
    }: { status?: number; message?: string }, code, message) => {
      const { provider } = await startStore(always(fault(name, { status, message: text })));
      expect(await failureOf(provider, locator('name'))).toEqual({
        code,
        ...(message && { message }),
        status,
        requestId: 'request-1',
      });
    },
  );

  it.each([
    [{ 'retry-after': '7' }, 7000],
    [{ 'x-amz-retry-after': '250' }, 250],
    [{ 'retry-after': 'Thu, 01 Jan 1970 00:00:00 GMT' }, 0],
    [{ 'retry-after': 'soon' }, undefined],
    [{}, undefined],
  ])('carry %j', async (headers: Record<string, string>, retryAfterMs) => {
    const { provider } = await startStore(always(fault('ThrottlingException', { headers })));
    expect((await failureOf(provider, locator('name')))?.retryAfterMs).toBe(retryAfterMs);
  });

  it.each([
    [403, '<html>canary proxy</html>'],
    [302, ''],
    [400, '{"message":"canary"}'],
    [404, ''],
    [407, 'null'],
  ])('and what is not of AWS: %i %j', async (status, body) => {
    const { provider } = await startStore(always({ status, body }));
    expect(await failureOf(provider, locator('name'))).toEqual({
      code: 'Unavailable',
      message: `what the endpoint sent is not an answer of AWS (HTTP ${status})`,
      status,
      requestId: 'request-1',
    });
  });
});

describe('connections', () => {
  function at(endpoint: string) {
    return smallest({ region: 'eu-west-1', credentials: CREDENTIALS, endpoint });
  }

  it('that nothing accepts', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    server.close();
    const port = typeof address === 'object' ? address?.port : undefined;
    expect(await failureOf(at(`http://127.0.0.1:${port}`), locator('name'))).toEqual({
      code: 'Unavailable',
      message: 'nothing accepts connections at the endpoint (ECONNREFUSED)',
    });
  });

  it('that DNS leads nowhere', async () => {
    const failure = await failureOf(at('http://keyturn.invalid'), locator('name'));
    expect(failure).toMatchObject({
      code: 'Unavailable',
      message: expect.stringMatching(/^DNS .*\((ENOTFOUND|EAI_AGAIN)\)$/),
    });
  });

  it('that are cut', async () => {
    const { provider } = await startStore(always({ cut: '{"Parameters":[]}' }));
    expect(await failureOf(provider, locator('name'))).toMatchObject({
      code: 'Unavailable',
      message: 'the connection was cut before the answer was complete (ECONNRESET)',
    });
  });

  it.each([
    [
      'DEPTH_ZERO_SELF_SIGNED_CERT',
      /^the TLS certificate of the endpoint is not trusted: name its CA in NODE_EXTRA_CA_CERTS/,
    ],
    ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', /^the TLS certificate of the endpoint is not trusted/],
    ['ERR_TLS_CERT_ALTNAME_INVALID', /^the TLS certificate of the endpoint is for another name/],
    ['CERT_HAS_EXPIRED', /^the TLS certificate of the endpoint has expired/],
    ['ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED', /^TLS could not be agreed on with the endpoint/],
    ['EPROTO', /^the endpoint does not speak TLS/],
    ['HPE_INVALID_CONSTANT', /^the endpoint does not speak HTTP/],
  ])('that end with %s', (code, message) => {
    const error = Object.assign(new Error('canary'), { code });
    expect(smallest({}).classify(error)).toEqual({
      code: 'Unavailable',
      message: expect.stringMatching(message),
    });
  });
});

it('names nothing that it does not know', () => {
  const { classify } = smallest({});
  expect([new Error('canary'), new TypeError('canary'), 'canary', undefined].map(classify)).toEqual(
    Array(4).fill(undefined),
  );
});

import { canary } from '@keyturn/conformance';
import type { Provider } from '@keyturn/core';
import { vi } from 'vitest';
import { CONTAINER_SECRETS, startContainerCredentials } from '../servers/aws-container-credentials.ts';
import { always, fault, firstOf, type Reply, type Script, startAwsJsonServer } from '../servers/aws-json.ts';
import { makeCertificates } from '../servers/certificates.ts';
import { type Boto3Call, boto3 } from '../stores/boto3.ts';
import { imageOf } from '../stores/live.ts';
import {
  LOCALSTACK_CREDENTIALS,
  LOCALSTACK_REGION,
  type Localstack,
  startLocalstack,
} from '../stores/localstack.ts';
import type { Provoked, Row } from './matrix.ts';
import { startTcpProxy } from './tcp-proxy.ts';

/** The options that the cells need of either provider. */
interface Connection {
  readonly region: string;
  readonly endpoint: string;
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

type Failure = Pick<Provoked, 'code' | 'message'>;

/** What the rows of the two stores of AWS do not share. */
export interface AwsStore {
  readonly kind: string;
  readonly make: (connection: Connection) => Provider;
  /** What holds `canary`. */
  readonly path: string;
  /** Puts `path` into LocalStack, and what else the cells read there. */
  readonly seeds: readonly Boto3Call[];
  /** A protocol server's answer to a read of `path`. */
  readonly answer: Reply;
  readonly missing: { readonly path: string; readonly message: string };
  /** What reading takes a permission for. */
  readonly action: string;
  /** A name for HTTP 500 of the store's own. */
  readonly down: string;
  /** A path in LocalStack, or an answer of a protocol server. */
  readonly gone: Failure & ({ readonly path: string } | { readonly reply: Reply });
}

// LocalStack takes an account from the key's id and checks nothing.
const CREDENTIALS = {
  accessKeyId: LOCALSTACK_CREDENTIALS.accessKeyId,
  secretAccessKey: `${canary}-secret-key`,
};

/** The row of a store that speaks AWS JSON. LocalStack checks neither permissions nor credentials. */
export async function awsRow(store: AwsStore): Promise<Row> {
  const { kind, make, path, missing, gone } = store;
  let live: Localstack;

  const reading = (endpoint: string) => ({
    provider: make({ region: LOCALSTACK_REGION, endpoint, credentials: CREDENTIALS }),
    path,
    hidden: [CREDENTIALS.secretAccessKey],
  });

  const serving = async (script: Script, tls?: { readonly key: string; readonly cert: string }) => {
    const server = await startAwsJsonServer(script, tls);
    return {
      ...reading(server.endpoint),
      by: 'protocol server' as const,
      [Symbol.asyncDispose]: server.stop,
    };
  };

  /** A refusal whose text quotes what may not show. */
  const refusing = async (
    name: string,
    failure: Failure,
    options: Parameters<typeof fault>[1] = {},
  ): Promise<Provoked> => ({
    ...(await serving(always(fault(name, { message: `refused: ${canary}`, ...options })))),
    ...failure,
  });

  const throttling = (headers?: Record<string, string>) =>
    refusing(
      'ThrottlingException',
      { code: 'Throttled', message: 'AWS asks for fewer requests' },
      { ...(headers && { headers }) },
    );

  return {
    kind,
    store: `the container \`${await imageOf('localstack')}\``,
    needs: 'localstack',
    async start() {
      live = await startLocalstack();
      await boto3(live.endpoint, store.seeds);
    },
    async stop() {
      await live?.stop();
    },
    cells: {
      missing: () => ({ ...reading(live.endpoint), ...missing, code: 'NotFound' }),
      denied: () =>
        refusing(
          'AccessDeniedException',
          { code: 'AccessDenied', message: `AWS denies \`${store.action}\`` },
          // As https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html has it.
          { message: `User: ${canary} is not authorized to perform: ${store.action} on resource: ${canary}` },
        ),
      badCredentials: () =>
        refusing('UnrecognizedClientException', {
          code: 'Unauthenticated',
          message: 'AWS does not know the credentials',
        }),
      throttledWithRetryAfter: () => throttling({ 'retry-after': '60' }),
      throttled: () => throttling(),
      serverError: () =>
        refusing(store.down, { code: 'Unavailable', message: 'AWS failed to answer' }, { status: 500 }),
      unknownHost: () => ({
        ...reading('http://name.invalid'),
        code: 'Unavailable',
        // A machine without a network has no DNS that could deny the name.
        message:
          /^(DNS does not know the endpoint: check the options `region` and `endpoint` \(ENOTFOUND\)|DNS gives no answer for the endpoint \(EAI_AGAIN\))$/,
      }),
      async untrusted() {
        const { server } = await makeCertificates('aws.test');
        return {
          ...(await serving(always(store.answer), server)),
          code: 'Unavailable',
          message:
            'the TLS certificate of the endpoint is not trusted: name its CA in NODE_EXTRA_CA_CERTS, or hand in a client that trusts it (UNABLE_TO_VERIFY_LEAF_SIGNATURE)',
        };
      },
      async hangs() {
        const resume = await live.pause();
        return {
          ...reading(live.endpoint),
          code: 'Unavailable',
          message: 'no answer within 500 ms',
          [Symbol.asyncDispose]: resume,
        };
      },
      async cut() {
        const proxy = await startTcpProxy(live.endpoint, canary);
        return {
          ...reading(proxy.address),
          code: 'Unavailable',
          message: 'the connection was cut before the answer was complete (ECONNRESET)',
          [Symbol.asyncDispose]: () => proxy[Symbol.asyncDispose](),
        };
      },
      async wrongBody() {
        return {
          ...(await serving(always({ status: 200, body: `<html>${canary}</html>` }))),
          code: 'Unavailable',
          message: 'what the endpoint sent is not an answer of AWS (HTTP 200)',
        };
      },
      async gone() {
        if ('path' in gone) return { ...reading(live.endpoint), ...gone };
        return { ...(await serving(always(gone.reply))), code: gone.code, message: gone.message };
      },
      async expires() {
        const container = await startContainerCredentials();
        const ended = new Set<string>();
        const refused = fault('ExpiredTokenException', { message: canary });
        const server = await startAwsJsonServer(
          firstOf(({ headers }) => {
            const [, key = ''] = /Credential=(\w+)\//.exec(String(headers.authorization)) ?? [];
            return ended.has(key) ? refused : undefined;
          }, always(store.answer)),
        );
        for (const [name, value] of Object.entries(container.env)) vi.stubEnv(name, value);
        return {
          provider: make({ region: LOCALSTACK_REGION, endpoint: server.endpoint }),
          path,
          by: 'protocol server',
          hidden: Object.values(CONTAINER_SECRETS),
          async expire() {
            for (const key of container.issued) ended.add(key);
          },
          logins: () => container.issued.length,
          async [Symbol.asyncDispose]() {
            vi.unstubAllEnvs();
            await Promise.all([container.stop(), server.stop()]);
          },
        };
      },
      // LocalStack does not come back from this.
      async refused() {
        await live.stop();
        return {
          ...reading(live.endpoint),
          code: 'Unavailable',
          message: 'nothing accepts connections at the endpoint (ECONNREFUSED)',
        };
      },
    },
  };
}

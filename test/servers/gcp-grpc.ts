import './gcp-trust.ts';

import { protos } from '@google-cloud/secret-manager';
import {
  Metadata,
  Server,
  ServerCredentials,
  type ServerUnaryCall,
  type ServiceDefinition,
  type sendUnaryData,
  status,
  type UntypedServiceImplementation,
} from '@grpc/grpc-js';
import { startFront } from './gcp-front.ts';

const { v1 } = protos.google.cloud.secretmanager;

/**
 * A server that speaks gRPC as Secret Manager does, from the messages that the vendor's package ships. It does what
 * the script says.
 * https://docs.cloud.google.com/secret-manager/docs/reference/rpc/google.cloud.secretmanager.v1
 */
export interface GcpServer {
  readonly port: number;
  /** Every call so far, in order. */
  readonly calls: readonly GcpCall[];
  /** Resolves when the first call is there. */
  readonly reached: Promise<void>;
  /** How many calls asked for a method, or how many there were. */
  count(method?: Method): number;
  /** How many connections are open. */
  connections(): number;
  stop(): Promise<void>;
}

export type Method = 'AccessSecretVersion' | 'GetSecretVersion' | 'GetSecret';

export interface GcpCall {
  readonly method: Method;
  /** The resource name that it asks for. */
  readonly name: string;
  readonly headers: Metadata;
}

/** A failure, with what google.rpc.Status carries beside the text: https://docs.cloud.google.com/apis/design/errors */
export interface Failure {
  readonly code: number;
  readonly details: string;
  /** google.rpc.RetryInfo, in milliseconds. */
  readonly retryAfterMs?: number;
  /** The reason in google.rpc.ErrorInfo. */
  readonly reason?: string;
}

/** What a script answers with. */
export type Reply =
  /** A message, as the vendor's package would encode it. */
  | { readonly message: object }
  | { readonly failure: Failure }
  /** Bytes in place of a message. */
  | { readonly raw: Uint8Array }
  /** Accepts the call and never answers. */
  | 'hang'
  /** Begins to answer and cuts the connection. */
  | 'cut';

/** Answers calls; undefined for one that it does not know. */
export type Script = (call: GcpCall) => Reply | undefined;

/** A failure by its name: https://grpc.io/docs/guides/status-codes/ */
export function fail(
  name: Exclude<keyof typeof status, 'OK'>,
  details = '',
  more: Omit<Failure, 'code' | 'details'> = {},
): Reply {
  return { failure: { code: status[name], details, ...more } };
}

/** The same answer to every call of a method; to every call at all where none is named. */
export function always(reply: Reply, method?: Method): Script {
  return (call) => (method === undefined || call.method === method ? reply : undefined);
}

/** Scripts one after another: the first that knows the call answers. */
export function firstOf(...scripts: readonly Script[]): Script {
  return (call) => {
    for (const script of scripts) {
      const reply = script(call);
      if (reply !== undefined) return reply;
    }
    return undefined;
  };
}

/** Starts a server on loopback: over TLS, or in the clear, as an emulator is. */
export async function startGcpServer(
  script: Script,
  { tls, port = 0 }: { tls?: { key: string; cert: string }; port?: number } = {},
): Promise<GcpServer> {
  const calls: GcpCall[] = [];
  let reach = () => {};
  const reached = new Promise<void>((resolve) => {
    reach = resolve;
  });
  const server = new Server();

  const answer = (method: Method) => (call: ServerUnaryCall<string, Reply>, send: sendUnaryData<Reply>) => {
    const seen = { method, name: call.request, headers: call.metadata };
    calls.push(seen);
    reach();
    const reply = script(seen) ?? fail('UNIMPLEMENTED');
    if (reply === 'hang') return;
    if (reply === 'cut') {
      call.sendMetadata(new Metadata());
      front.cut();
    } else if ('failure' in reply) {
      send(statusOf(reply.failure));
    } else {
      send(null, reply);
    }
  };
  const methods: Method[] = ['AccessSecretVersion', 'GetSecretVersion', 'GetSecret'];
  const implementation: UntypedServiceImplementation = Object.fromEntries(
    methods.map((method) => [method, answer(method)]),
  );
  server.addService(SERVICE, implementation);
  const credentials = tls
    ? ServerCredentials.createSsl(null, [
        { private_key: Buffer.from(tls.key), cert_chain: Buffer.from(tls.cert) },
      ])
    : ServerCredentials.createInsecure();
  const inner = await new Promise<number>((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', credentials, (error, bound) => (error ? reject(error) : resolve(bound)));
  });
  const front = await startFront(inner, port);

  return {
    port: front.port,
    calls,
    reached,
    count: (method) => calls.filter((call) => method === undefined || call.method === method).length,
    connections: front.connections,
    async stop() {
      await front.stop();
      server.forceShutdown();
    },
  };
}

interface Codec {
  encode(message: object): { finish(): Uint8Array };
  fromObject(object: object): object;
}

/** The service's definition. A request is its `name`; an answer is a reply, encoded here. */
function method(name: Method, request: { decode(bytes: Uint8Array): { name: string } }, response: Codec) {
  return {
    path: `/google.cloud.secretmanager.v1.SecretManagerService/${name}`,
    requestStream: false as const,
    responseStream: false as const,
    requestSerialize: () => Buffer.alloc(0),
    requestDeserialize: (bytes: Buffer) => request.decode(bytes).name,
    responseSerialize: (reply: { message: object } | { raw: Uint8Array }) =>
      Buffer.from('raw' in reply ? reply.raw : response.encode(response.fromObject(reply.message)).finish()),
    responseDeserialize: () => undefined,
  };
}

const SERVICE: ServiceDefinition = {
  AccessSecretVersion: method(
    'AccessSecretVersion',
    v1.AccessSecretVersionRequest,
    v1.AccessSecretVersionResponse,
  ),
  GetSecretVersion: method('GetSecretVersion', v1.GetSecretVersionRequest, v1.SecretVersion),
  GetSecret: method('GetSecret', v1.GetSecretRequest, v1.Secret),
};

/** google.rpc.Status in `grpc-status-details-bin`, as Google sends it. */
function statusOf({ code, details, retryAfterMs, reason }: Failure) {
  const metadata = new Metadata();
  const any = [];
  if (retryAfterMs !== undefined) {
    const duration = { seconds: Math.floor(retryAfterMs / 1000), nanos: (retryAfterMs % 1000) * 1e6 };
    const value = protos.google.protobuf.Duration.encode(duration).finish();
    any.push({ type_url: 'type.googleapis.com/google.rpc.RetryInfo', value: field(1, value) });
  }
  if (reason !== undefined) {
    const value = Buffer.concat([field(1, Buffer.from(reason)), field(2, Buffer.from('googleapis.com'))]);
    any.push({ type_url: 'type.googleapis.com/google.rpc.ErrorInfo', value });
  }
  if (any.length > 0) {
    const encoded = protos.google.rpc.Status.encode({ code, message: details, details: any }).finish();
    metadata.set('grpc-status-details-bin', Buffer.from(encoded));
  }
  return { code, details, metadata };
}

/** A length-delimited field of a message that the vendor's package does not ship; shorter than 128 bytes. */
function field(number: number, bytes: Uint8Array): Buffer {
  return Buffer.concat([Buffer.from([number * 8 + 2, bytes.length]), bytes]);
}

import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { promisify } from 'node:util';

/**
 * A server that speaks AWS JSON 1.1, as SSM and Secrets Manager do: one POST a request, the action in
 * `X-Amz-Target`, errors by `__type`. It does what the script says.
 * https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html
 */
export interface AwsJsonServer {
  readonly endpoint: string;
  /** Every request so far, in order. */
  readonly requests: readonly AwsRequest[];
  /** Resolves when the first request is there. */
  readonly reached: Promise<void>;
  /** How many requests asked for an action, or how many there were. */
  count(action?: string): number;
  /** How many connections are open. */
  connections(): Promise<number>;
  stop(): Promise<void>;
}

export interface AwsRequest {
  /** Such as `GetParameters`. */
  readonly action: string;
  readonly input: AwsInput;
  readonly headers: IncomingMessage['headers'];
}

/** The members that scripts and tests look at, of all the actions. */
interface AwsInput {
  readonly Name?: string;
  readonly Names?: readonly string[];
  readonly WithDecryption?: boolean;
  readonly Shared?: boolean;
  readonly ParameterFilters?: readonly { readonly Values: readonly string[] }[];
  readonly SecretId?: string;
  readonly SecretIdList?: readonly string[];
  readonly VersionId?: string;
  readonly VersionStage?: string;
  readonly IncludeDeprecated?: boolean;
  readonly NextToken?: string;
}

/** What a script answers with. */
export type Reply =
  | { readonly status: number; readonly body: string; readonly headers?: Readonly<Record<string, string>> }
  /** Accepts the request and never answers. */
  | { readonly hang: true }
  /** Promises the whole body, sends half of it and closes the connection. */
  | { readonly cut: string };

/** Answers requests; undefined for an action that it does not know. */
export type Script = (request: AwsRequest) => Reply | undefined;

/** A success. */
export function ok(output: unknown): Reply {
  return { status: 200, body: JSON.stringify(output) };
}

/** An error of AWS by its name: 400 where its page says nothing else. */
export function fault(
  name: string,
  {
    message = '',
    status = 400,
    headers = {},
  }: { message?: string; status?: number; headers?: Record<string, string> } = {},
): Reply {
  return { status, body: JSON.stringify({ __type: name, message }), headers };
}

/** Scripts one after another: the first that knows the action answers. */
export function firstOf(...scripts: readonly Script[]): Script {
  return (request) => {
    for (const script of scripts) {
      const reply = script(request);
      if (reply !== undefined) return reply;
    }
    return undefined;
  };
}

/** The same answer to every request for an action; to every request at all where none is named. */
export function always(reply: Reply, action?: string): Script {
  return (request) => (action === undefined || request.action === action ? reply : undefined);
}

/** Starts a server on loopback; with `tls`, over HTTPS. */
export async function startAwsJsonServer(
  script: Script,
  tls?: { readonly key: string; readonly cert: string },
): Promise<AwsJsonServer> {
  const requests: AwsRequest[] = [];
  let reach = () => {};
  const reached = new Promise<void>((resolve) => {
    reach = resolve;
  });
  const listener = async (message: IncomingMessage, response: ServerResponse) => {
    const request = await readRequest(message);
    requests.push(request);
    reach();
    const requestId = `request-${requests.length}`;
    send(response, requestId, script(request) ?? fault('UnknownOperationException'));
  };
  const server = tls ? createTlsServer(tls, listener) : createServer(listener);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    endpoint: `${tls ? 'https' : 'http'}://127.0.0.1:${port}`,
    requests,
    reached,
    count: (action) => requests.filter((request) => action === undefined || request.action === action).length,
    connections: () => promisify(server.getConnections.bind(server))(),
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

async function readRequest(message: IncomingMessage): Promise<AwsRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk);
  const [, action = ''] = String(message.headers['x-amz-target']).split('.');
  return { action, input: JSON.parse(Buffer.concat(chunks).toString()), headers: message.headers };
}

function send(response: ServerResponse, requestId: string, reply: Reply): void {
  if ('hang' in reply) return;
  const head = { 'content-type': 'application/x-amz-json-1.1', 'x-amzn-requestid': requestId };
  if ('cut' in reply) {
    const body = Buffer.from(reply.cut);
    response.writeHead(200, { ...head, 'content-length': body.length });
    response.write(body.subarray(0, body.length / 2), () => response.destroy());
    return;
  }
  response.writeHead(reply.status, { ...head, ...reply.headers }).end(reply.body);
}

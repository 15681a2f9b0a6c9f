import http, { type IncomingMessage } from 'node:http';
import https from 'node:https';
import type { Answer } from './answers.ts';
import { toFault } from './classify.ts';
import { parseExactJson } from './exact-json.ts';
import { faultOf } from './fault.ts';
import type { TlsSettings } from './tls.ts';

/** The version of this package; a constant, since a bundled app has no package.json to read. */
export const VERSION = '0.1.0';

/** Vault itself takes no larger request (`max_request_size`), so no answer to a read is larger. */
const MAX_BYTES = 32 * 1024 * 1024;

/** Idle connections are let go before the usual load balancer lets go of them. */
const IDLE_MS = 5_000;

export interface Request {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly body?: unknown;
  readonly signal: AbortSignal;
}

export interface Transport {
  /**
   * One request, one answer, whatever its status. It follows no redirect, keeps no idle process alive and has no
   * clock of its own: the signal ends it. Rejects with a fault, or with the signal's reason.
   */
  send(request: Request): Promise<Answer>;
  /** The server's time now, by the last answer; undefined before there was one that told it. */
  serverTime(): Date | undefined;
  close(): void;
}

/** Opens connections to one server; through the proxy that `env` names, but for a server on this machine. */
export function createTransport(
  address: URL,
  tls: TlsSettings,
  maxSockets: number,
  env: NodeJS.ProcessEnv,
): Transport {
  const { request: open, Agent } = address.protocol === 'https:' ? https : http;
  // Node reads HTTPS_PROXY, HTTP_PROXY and NO_PROXY itself since 22.21 and 24.5.
  const proxy = isLoopback(address.hostname) ? {} : { proxyEnv: env };
  const agent = new Agent({ keepAlive: true, timeout: IDLE_MS, maxSockets, ...tls, ...proxy });
  /** How far the server's clock is ahead, in milliseconds. */
  let aheadMs: number | undefined;

  async function exchange({ method, url, headers, body, signal }: Request): Promise<Answer> {
    const text = body === undefined ? undefined : JSON.stringify(body);
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      const request = open(url, { method, agent, signal, headers: { ...headers, ...commonHeaders(text) } });
      request.once('response', resolve);
      // Stays for the whole life of the request: after the answer has begun, the answer reports it as well.
      request.on('error', reject);
      request.end(text);
    });
    const date = Date.parse(response.headers.date ?? '');
    if (!Number.isNaN(date)) aheadMs = date - Date.now();
    return {
      status: response.statusCode ?? 0,
      retryAfter: response.headers['retry-after'],
      body: parseExactJson(await readAll(response)),
    };
  }

  return {
    async send(request) {
      request.signal.throwIfAborted();
      try {
        return await exchange(request);
      } catch (error) {
        request.signal.throwIfAborted();
        throw toFault(error) ?? faultOf('Unknown', 'the request to Vault failed for an unknown reason');
      }
    },
    serverTime: () => (aheadMs === undefined ? undefined : new Date(Date.now() + aheadMs)),
    close: () => agent.destroy(),
  };
}

function commonHeaders(text: string | undefined): Record<string, string> {
  return {
    Accept: 'application/json',
    'User-Agent': `keyturn/${VERSION}`,
    // A Vault Agent or Proxy can be set up to demand it (require_request_header).
    'X-Vault-Request': 'true',
    ...(text !== undefined && {
      'Content-Type': 'application/json',
      'Content-Length': String(Buffer.byteLength(text)),
    }),
  };
}

async function readAll(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_BYTES) throw faultOf('Unavailable', 'the answer is larger than 32 MiB: it was not read');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '[::1]' || /^127(\.\d+){3}$/.test(host);
}

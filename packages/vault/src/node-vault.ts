import { faultOfAnswer } from './answers.ts';
import type { Transport } from './transport.ts';

/** Requests to one Vault server: encoded API paths in, the answers' JSON out, faults for all that is no success. */
export interface Api {
  /** `token` is left out where none is needed. */
  read(path: string, call: ApiCall): Promise<unknown>;
  write(path: string, data: Readonly<Record<string, unknown>>, call: ApiCall): Promise<unknown>;
}

interface ApiCall {
  readonly token?: string;
  readonly signal: AbortSignal;
}

/** What node-vault hands to its `request-promise` seam: its own fields, and the request options of the call. */
interface SeamRequest {
  readonly method: string;
  readonly uri: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly json?: unknown;
  readonly signal: AbortSignal;
}

export interface ApiSettings {
  readonly endpoint: string;
  readonly namespace: string | undefined;
}

/**
 * node-vault over a transport of ours. Only its `read` and `write` are used, with paths encoded beforehand, since
 * its named calls put arguments through an HTML template. The token goes with each call, in headers made for that
 * call: its own `token` would be sent with logins, and stick in shared headers. Its debug output, which prints what
 * is written, stays off whatever DEBUG says.
 */
export async function createApi(transport: Transport, { endpoint, namespace }: ApiSettings): Promise<Api> {
  const { default: nodeVault } = await import('node-vault');

  async function send({ method, uri, headers, json, signal }: SeamRequest) {
    const answer = await transport.send({
      method,
      url: uri,
      headers,
      signal,
      ...(json !== undefined && { body: json }),
    });
    const { status: statusCode, body } = answer;
    const isEmptySuccess = statusCode === 204;
    if (!isEmptySuccess && (statusCode !== 200 || body === undefined)) throw faultOfAnswer(answer);
    return { statusCode, body, request: { path: uri } };
  }

  const client = nodeVault({
    endpoint,
    debug: () => undefined,
    'request-promise': { defaults: () => send },
  });
  // Its defaults come from VAULT_TOKEN, VAULT_NAMESPACE and VAULT_PREFIX, where ours have decided otherwise.
  Object.assign(client, { token: '', namespace: namespace ?? '', pathPrefix: '' });

  const options = ({ token, signal }: ApiCall) => ({
    headers: token === undefined ? {} : { 'X-Vault-Token': token },
    signal,
  });
  return {
    read: (path, call) => client.read(path, options(call)),
    write: (path, data, call) => client.write(path, data, options(call)),
  };
}

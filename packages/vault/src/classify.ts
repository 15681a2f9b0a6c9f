import { faultOfAnswer } from './answers.ts';
import { faultOf, isRecord, VaultFault } from './fault.ts';

/**
 * Names whatever a read threw: our own faults, and what a node-vault client that was handed in throws, which is
 * an `ApiResponseError` with the answer, or an Axios error with the code of the system call (and the token, so
 * nothing else of it is read). Undefined for what is neither.
 */
export function toFault(error: unknown): VaultFault | undefined {
  if (error instanceof VaultFault) return error;
  if (!isRecord(error)) return undefined;
  const { response, code } = error;
  if (isRecord(response) && typeof response.statusCode === 'number') {
    return faultOfAnswer({ status: response.statusCode, body: response.body });
  }
  return typeof code === 'string' ? networkFault(code) : undefined;
}

const CUT = 'the connection was cut before the answer was complete';

const NETWORK: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing accepts connections at `address` (VAULT_ADDR): is Vault running there?',
  ENOTFOUND: 'the host of `address` (VAULT_ADDR) is not known to DNS',
  EAI_AGAIN: 'DNS gives no answer for the host of `address` (VAULT_ADDR)',
  ECONNRESET: CUT,
  EPIPE: CUT,
  ETIMEDOUT: 'the connection timed out',
  EHOSTUNREACH: 'the host of `address` (VAULT_ADDR) cannot be reached',
  ENETUNREACH: 'the network of `address` (VAULT_ADDR) cannot be reached',
  CERT_HAS_EXPIRED: "the server's TLS certificate has expired: it has to be renewed",
  ERR_TLS_CERT_ALTNAME_INVALID:
    "the server's TLS certificate is for another name: correct `address`, or give that name as `tls.serverName` (VAULT_TLS_SERVER_NAME)",
  ERR_PROXY_TUNNEL:
    'the proxy does not lead to `address`: correct HTTPS_PROXY, or name the host of `address` in NO_PROXY',
};

const UNTRUSTED =
  "the server's TLS certificate is not trusted: give the CA that signed it as `tls.ca` (VAULT_CACERT, VAULT_CACERT_BYTES, VAULT_CAPATH)";

const NO_TLS =
  'TLS could not be agreed on: does `address` speak https there, and does it ask for a client certificate (VAULT_CLIENT_CERT, VAULT_CLIENT_KEY)?';

/** Names a failed connection by the code that Node (errors.html, tls.html) or OpenSSL gives it. */
function networkFault(code: string): VaultFault | undefined {
  const message = NETWORK[code] ?? byFamily(code);
  return message === undefined ? undefined : faultOf('Unavailable', `${message} (${code})`);
}

function byFamily(code: string): string | undefined {
  if (/^(ERR_SSL_|ERR_TLS_|EPROTO$)/.test(code)) return NO_TLS;
  if (/CERT|ISSUER|SIGNATURE|CRL/.test(code)) return UNTRUSTED;
  return /^(E[A-Z]+|HPE_\w+|ERR_STREAM_\w+)$/.test(code) ? 'the connection failed' : undefined;
}

const CUT = 'the connection was cut before the answer was complete';
const UNTRUSTED =
  'the TLS certificate of the endpoint is not trusted: name its CA in NODE_EXTRA_CA_CERTS, or hand in a client that trusts it';

/** By `code`, for connections that failed: https://nodejs.org/api/errors.html and https://nodejs.org/api/tls.html. */
const NETWORK: ReadonlyMap<string, string> = new Map([
  ['ECONNREFUSED', 'nothing accepts connections at the endpoint'],
  ['ENOTFOUND', 'DNS does not know the endpoint: check the options `region` and `endpoint`'],
  ['EAI_AGAIN', 'DNS gives no answer for the endpoint'],
  ['ECONNRESET', CUT],
  ['EPIPE', CUT],
  ['ETIMEDOUT', 'the connection timed out'],
  ['EHOSTUNREACH', 'the endpoint cannot be reached'],
  ['ENETUNREACH', 'the network of the endpoint cannot be reached'],
  ['EPROTO', 'the endpoint does not speak TLS'],
  ['CERT_HAS_EXPIRED', 'the TLS certificate of the endpoint has expired'],
  ['ERR_TLS_CERT_ALTNAME_INVALID', 'the TLS certificate of the endpoint is for another name'],
]);

/** What a connection's `code` says; undefined for a code that is not about one. */
export function networkMessage(code: string): string | undefined {
  const message = NETWORK.get(code);
  if (message !== undefined) return message;
  if (/SELF_SIGNED|UNABLE_TO_|^CERT_|_CERT_|_CRL/.test(code)) return UNTRUSTED;
  if (/^ERR_(SSL|TLS)_/.test(code)) return 'TLS could not be agreed on with the endpoint';
  return code.startsWith('HPE_') ? 'the endpoint does not speak HTTP' : undefined;
}

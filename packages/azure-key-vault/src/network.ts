const CUT = 'the connection was cut before the answer was complete';
const UNTRUSTED =
  "the server's TLS certificate is not trusted: name its CA in NODE_EXTRA_CA_CERTS, or hand in a client that trusts it";

/** By `code`, for connections that failed: https://nodejs.org/api/errors.html and https://nodejs.org/api/tls.html. */
const NETWORK: ReadonlyMap<string, string> = new Map([
  ['ECONNREFUSED', 'nothing accepts connections at `vaultUrl`'],
  ['ENOTFOUND', 'DNS does not know the host of `vaultUrl` (AZURE_KEYVAULT_RESOURCEENDPOINT)'],
  ['EAI_AGAIN', 'DNS gives no answer for the host of `vaultUrl`'],
  ['ECONNRESET', CUT],
  ['EPIPE', CUT],
  ['ETIMEDOUT', 'the connection timed out'],
  ['EHOSTUNREACH', 'the host of `vaultUrl` cannot be reached'],
  ['ENETUNREACH', 'the network of `vaultUrl` cannot be reached'],
  ['EPROTO', 'the server does not speak TLS'],
  ['CERT_HAS_EXPIRED', "the server's TLS certificate has expired"],
  [
    'ERR_TLS_CERT_ALTNAME_INVALID',
    "the server's TLS certificate is for another name than that of `vaultUrl`",
  ],
  // The SDK's own, where there is no HTTP status: the body broke off, or the connection failed without a code.
  ['PARSE_ERROR', CUT],
  ['REQUEST_SEND_ERROR', 'the request could not be sent'],
]);

/** What a connection's `code` says; undefined for a code that is not about one. */
export function networkMessage(code: string): string | undefined {
  const message = NETWORK.get(code);
  if (message !== undefined) return message;
  if (/SELF_SIGNED|UNABLE_TO_|^CERT_|_CERT_|_CRL/.test(code)) return UNTRUSTED;
  if (/^ERR_(SSL|TLS)_/.test(code)) return NETWORK.get('EPROTO');
  return code.startsWith('HPE_') ? 'the server does not speak HTTP' : undefined;
}

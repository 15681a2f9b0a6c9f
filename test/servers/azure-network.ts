import dns from 'node:dns';
import tls from 'node:tls';

/** A server on loopback, with a name of its own and the CA of its certificate, PEM. */
export interface NamedServer {
  readonly host: string;
  readonly ca: string;
}

/**
 * Makes this process find a server by its name and trust its CA, as DNS and NODE_EXTRA_CA_CERTS do. Gives what undoes
 * it.
 */
export function reachable({ host, ca }: NamedServer): () => void {
  const { lookup } = dns;
  const certificates = tls.getCACertificates('default');
  const resolve = (name: string, ...rest: unknown[]) =>
    Reflect.apply(lookup, dns, [name === host ? '127.0.0.1' : name, ...rest]);
  dns.lookup = Object.assign(resolve, lookup);
  tls.setDefaultCACertificates([...certificates, ca]);
  return () => {
    dns.lookup = lookup;
    tls.setDefaultCACertificates(certificates);
  };
}

import { getCACertificates, setDefaultCACertificates } from 'node:tls';

// gRPC reads this as it loads, and then trusts no other CA: this file has to be loaded before it.
delete process.env.GRPC_DEFAULT_SSL_ROOTS_FILE_PATH;

/** Makes this process trust a CA, as NODE_EXTRA_CA_CERTS does for a new one. */
export function trust(ca: string): void {
  setDefaultCACertificates([...getCACertificates('default'), ca]);
}

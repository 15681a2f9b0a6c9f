import dns from 'node:dns';

// Loaded by `node --import`: every name under .test (RFC 6761) is this machine, as a DNS server of our own would say.
const { lookup } = dns;
const resolve = (name: string, ...rest: unknown[]) =>
  Reflect.apply(lookup, dns, [name.endsWith('.test') ? '127.0.0.1' : name, ...rest]);
dns.lookup = Object.assign(resolve, lookup);

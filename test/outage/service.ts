import { createServer } from 'node:http';
import { createResolver, ResolveError } from 'keyturn';
import config from './keyturn.config.ts';
import { DEADLINE, STALE_IF_ERROR, STALE_WHILE_REVALIDATE, TIMEOUT, TTL } from './settings.ts';

// The quickstart's app keeps what it has at boot. This one asks its resolver at every request, and answers with each
// secret's stored text and where it came from.
const { providers = {} } = config.environments[config.environment ?? ''] ?? {};
const secrets = Object.fromEntries(Object.entries(config.secrets).map(([name, { ref }]) => [name, ref]));
const resolver = createResolver({
  providers,
  deadline: DEADLINE,
  timeout: TIMEOUT,
  cache: {
    ttl: TTL,
    staleWhileRevalidate: STALE_WHILE_REVALIDATE,
    staleIfError: Number(process.env.STALE_IF_ERROR ?? STALE_IF_ERROR),
  },
});
await resolver.resolve(secrets, { deadline: '30s' });

const server = createServer(async (_request, response) => {
  try {
    const resolved = Object.entries(await resolver.resolveWithMetadata(secrets));
    const served = resolved.map(([name, { source, value }]) => [name, { source, value: value.reveal() }]);
    response.end(JSON.stringify({ served: Object.fromEntries(served) }));
  } catch (error) {
    if (!(error instanceof ResolveError)) throw error;
    const failures = error.failures.map(({ name, code }) => ({ name, code }));
    response.writeHead(503).end(JSON.stringify({ failures }));
  }
});
server.listen(0, '127.0.0.1', () => console.log(`listening ${JSON.stringify(server.address())}`));
process.once('SIGTERM', () => {
  server.close();
  void resolver.close();
});

import { createServer } from 'node:http';
import { openConfig, ResolveError } from 'keyturn';
import config from './keyturn.config.ts';
import { DEADLINE, TIMEOUT } from './settings.ts';

// The quickstart's app keeps what it has at boot. This one asks its resolver at every request, and answers with each
// secret's stored text and where it came from.
const { load, resolver, references } = openConfig(config, { deadline: DEADLINE, timeout: TIMEOUT });
await load({ deadline: '30s' });

const server = createServer(async (_request, response) => {
  try {
    const resolved = Object.entries(await resolver.resolveWithMetadata(references));
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

import { createServer } from 'node:http';
import { load } from 'keyturn';
import config from './keyturn.config.ts';

// Everything that the service needs, typed, before it listens: a missing secret stops the boot, not a request.
const secrets = await load(config);

const { scheme, host } = secrets.DATABASE_URL.reveal();
const server = createServer((_request, response) => {
  // A secret shows itself only through reveal(), so this is safe to send.
  response.end(JSON.stringify({ database: `${scheme} at ${host}`, ...secrets }));
});
// Port 0: any that is free.
server.listen(0, '127.0.0.1', () => console.log(`listening ${JSON.stringify(server.address())}`));
process.once('SIGTERM', () => server.close());

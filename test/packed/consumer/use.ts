import type { Provider } from '@keyturn/core';
import { as, createResolver, memory, ResolveError, type Secret } from 'keyturn';

const app: Provider = memory({ port: '5432', debug: 'false' });
const resolver = createResolver({ providers: { app } });
const { PORT, DEBUG } = await resolver.resolve({
  PORT: { ref: 'app://port', as: as.integer() },
  DEBUG: { ref: 'app://debug', as: as.boolean(), sensitive: false },
});

const port: Secret<number> = PORT;
const debug: boolean = DEBUG;
// @ts-expect-error the types reach the consumer: a secret is no plain number
export const wrong: number = PORT;

const failure: unknown = await resolver.resolve('app://absent').catch((error: unknown) => error);
await resolver.close();

console.log(
  JSON.stringify({
    node: process.version,
    shown: `${port}`,
    revealed: port.reveal(),
    debug,
    code: failure instanceof ResolveError && failure.failures[0]?.code,
  }),
);

import { createResolver, env, memory, ResolveError } from 'keyturn';

const resolver = createResolver({
  providers: { app: memory({ database: '{"url":"canary-url"}' }), env: env() },
});
const { DATABASE_URL } = await resolver.resolve({ DATABASE_URL: 'app://database#url' });
const failure = await resolver.resolve({ ABSENT: 'env://KEYTURN_ABSENT' }).catch((error) => error);
await resolver.close();

console.log(
  JSON.stringify({
    node: process.version,
    shown: String(DATABASE_URL),
    revealed: DATABASE_URL.reveal(),
    code: failure instanceof ResolveError && failure.failures[0]?.code,
  }),
);

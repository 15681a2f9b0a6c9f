import { as, createResolver, type Detailed, type Handle, memory, type Secret } from '@keyturn/core';
import { expectTypeOf } from 'vitest';
import { z } from 'zod';

const resolver = createResolver({ providers: { app: memory() } });
const login = as.json(z.object({ user: z.string() }));
const isRejected = (error: unknown) => error instanceof Error;

class Pool {
  readonly user: string;
  constructor(user: string) {
    this.user = user;
  }
  async end(): Promise<void> {}
}

for await (const version of resolver.watch('app://x')) {
  expectTypeOf(version).toEqualTypeOf<Detailed<Secret<string>>>();
  // @ts-expect-error the value is inside
  expectTypeOf(version).toEqualTypeOf<Secret<string>>();
  break;
}
for await (const { value } of resolver.watch('app://x', {
  as: as.integer(),
  sensitive: false,
  optional: true,
  interval: '5m',
  signal: AbortSignal.abort(),
})) {
  expectTypeOf(value).toEqualTypeOf<number | undefined>();
  // @ts-expect-error optional adds undefined
  expectTypeOf(value).toEqualTypeOf<number>();
}
// @ts-expect-error a default of another type than the conversion's
resolver.watch('app://x', { as: as.port(), default: '3000', sensitive: false });
// @ts-expect-error an unknown key
resolver.watch('app://x', { intervall: '1m' });

// The types come from the conversion though `build` and `close` leave theirs out.
const pool = await resolver.handle(
  'app://x',
  (secret) => {
    expectTypeOf(secret).toEqualTypeOf<Secret<{ user: string }>>();
    // @ts-expect-error the conversion decides the type
    expectTypeOf(secret).toEqualTypeOf<Secret<string>>();
    return new Pool(secret.reveal().user);
  },
  {
    as: login,
    interval: '5m',
    drainTimeout: 1_000,
    close(client) {
      expectTypeOf(client).toEqualTypeOf<Pool>();
      // @ts-expect-error the client that build gives
      expectTypeOf(client).toEqualTypeOf<Promise<Pool>>();
      return client.end();
    },
  },
);
expectTypeOf(pool).toEqualTypeOf<Handle<Pool>>();
// @ts-expect-error a handle lends a client, and is none
expectTypeOf(pool).toEqualTypeOf<Pool>();

expectTypeOf(await pool.use(({ user }) => user)).toEqualTypeOf<string>();
// @ts-expect-error what the work gives
expectTypeOf(await pool.use(({ user }) => user)).toEqualTypeOf<Pool>();
expectTypeOf(await pool.use(async ({ user }) => user)).toEqualTypeOf<string>();
// @ts-expect-error awaited
expectTypeOf(pool.use(async ({ user }) => user)).toEqualTypeOf<Promise<Promise<string>>>();

const built = await resolver.handle('app://x', async (secret) => new Pool(secret.reveal()));
expectTypeOf(built).toEqualTypeOf<Handle<Pool>>();
// @ts-expect-error awaited
expectTypeOf(built).toEqualTypeOf<Handle<Promise<Pool>>>();

const plain = await resolver.handle('app://x', (n) => n + 1, {
  as: as.integer(),
  sensitive: false,
  close: () => {},
});
expectTypeOf(plain).toEqualTypeOf<Handle<number>>();
// @ts-expect-error not sensitive, so no Secret
expectTypeOf(plain).toEqualTypeOf<Handle<Secret<number>>>();

// @ts-expect-error a close for another client
await resolver.handle('app://x', () => new Pool(''), { close: (client: Date) => client });
// @ts-expect-error a default of another type than the conversion's
await resolver.handle('app://x', (n) => n, { as: as.integer(), sensitive: false, default: 'x' });
// @ts-expect-error an unknown key
await resolver.handle('app://x', (secret) => secret, { drainTimout: '1s' });
// @ts-expect-error nothing to build
await resolver.handle('app://x');

const user = await resolver.withSecret(
  ['app://x', 'app://y'],
  (secret) => {
    expectTypeOf(secret).toEqualTypeOf<Secret<{ user: string }>>();
    // @ts-expect-error the conversion decides the type
    expectTypeOf(secret).toEqualTypeOf<Secret<string>>();
    return secret.reveal().user;
  },
  { as: login, isRejected: (error) => error instanceof Error && error.message !== '', within: '5s' },
);
expectTypeOf(user).toEqualTypeOf<string>();
// @ts-expect-error what use gives
expectTypeOf(user).toEqualTypeOf<Secret<string>>();

const connected = resolver.withSecret('app://x', async (secret) => secret.reveal().length, { isRejected });
expectTypeOf(connected).toEqualTypeOf<Promise<number>>();
// @ts-expect-error awaited
expectTypeOf(connected).toEqualTypeOf<Promise<Promise<number>>>();

// @ts-expect-error nothing says what a rejection is
await resolver.withSecret('app://x', () => 0, {});
// @ts-expect-error nor without options
await resolver.withSecret('app://x', () => 0);
// @ts-expect-error a promise is no answer
await resolver.withSecret('app://x', () => 0, { isRejected: async () => true });
// @ts-expect-error an unknown key
await resolver.withSecret('app://x', () => 0, { isRejected, withn: '1s' });

import { createResolver } from '@keyturn/core';
import { DatabaseError, Pool } from 'pg';
import { afterAll, beforeAll, expect, it, onTestFinished, vi } from 'vitest';
import { describeWithPostgres } from '../stores/postgres.ts';
import { startLoad } from './load.ts';
import { asCredential, connectOnce, createRotatedSecret } from './rotated-secret.ts';
import { rotateTenTimes, startWorld, type World } from './world.ts';

/** Lasts long enough that there is always one under way: a pool that is closed while in use fails the second. */
async function queryTwice(pool: Pool): Promise<void> {
  await pool.query('select pg_sleep(0.03)');
  await pool.query('select 1');
}

await describeWithPostgres('ten rotations under load', 'localstack', () => {
  let world: World;

  beforeAll(async () => {
    world = await startWorld();
  });
  afterAll(async () => {
    await world?.stop();
  });

  it('alternating users: no query of a handle fails', { timeout: 60_000 }, async () => {
    const secret = await createRotatedSecret({ ...world, name: 'handle', users: ['app_a', 'app_b'] });
    const resolver = createResolver({ providers: { db: world.provider() } });
    onTestFinished(resolver.close);

    const users: string[] = [];
    let closed = 0;
    /** @param maxUses queries that one connection of the pool takes. */
    const openPool = async (maxUses: number) => {
      const handle = await resolver.handle(
        'db://handle',
        async (credential) => {
          const { username, password } = credential.reveal();
          users.push(username);
          return new Pool({ ...world.postgres.login(username, password), max: 4, maxUses });
        },
        {
          as: asCredential,
          interval: '100ms',
          drainTimeout: '10s',
          async close(pool) {
            await pool.end();
            closed += 1;
          },
        },
      );
      onTestFinished(handle.close);
      return handle;
    };
    const connecting = await openPool(1);
    const lasting = await openPool(Infinity);

    const connections = startLoad(() => connecting.use(queryTwice));
    const queries = startLoad(() => lasting.use(queryTwice));
    // What a rotation replaces stays valid during that rotation only, so each waits for the one before to be taken up.
    await rotateTenTimes(secret, [connections, queries], (rotation) =>
      vi.waitFor(() => expect(closed).toBe(2 * rotation), { timeout: 10_000 }),
    );
    await Promise.all([connections.stop(), queries.stop()]);
    await Promise.all([connecting.close(), lasting.close()]);
    connections.print('alternating users, handle: connections');
    queries.print('alternating users, handle: queries of a pool');

    expect([...connections.failures, ...queries.failures]).toEqual([]);
    expect(users.filter((user) => user === 'app_a')).toHaveLength(12);
    expect(users.filter((user) => user === 'app_b')).toHaveLength(10);
    expect(closed).toBe(22);
  });

  it('single user: no connection of withSecret fails', { timeout: 60_000 }, async () => {
    const secret = await createRotatedSecret({ ...world, name: 'bridged', users: ['app'] });
    const resolver = createResolver({ providers: { db: world.provider() } });
    onTestFinished(resolver.close);

    let rejected = 0;
    const isRejected = (error: unknown) => {
      const itIs = error instanceof DatabaseError && error.code === '28P01';
      if (itIs) rejected += 1;
      return itIs;
    };
    const stages = ['db://bridged', 'db://bridged?stage=AWSPENDING', 'db://bridged?stage=AWSPREVIOUS'];
    const connect = () =>
      resolver.withSecret(stages, (credential) => connectOnce(world.postgres, credential.reveal()), {
        as: asCredential,
        isRejected,
        within: '10s',
      });

    const connections = startLoad(connect);
    await rotateTenTimes(secret, [connections], () => connections.more(10));
    await connections.stop();
    connections.print('single user, withSecret: connections');
    console.log(`  ${rejected} logins were rejected and bridged`);

    expect(connections.failures).toEqual([]);
    // Otherwise no connection fell into the time between setSecret and finishSecret.
    expect(rejected).toBeGreaterThanOrEqual(10);
  });
});

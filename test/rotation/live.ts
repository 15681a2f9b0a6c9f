import { createResolver } from '@keyturn/core';
import { DatabaseError, Pool } from 'pg';
import { expect, it, onTestFinished, vi } from 'vitest';
import { startLoad } from './load.ts';
import { asCredential, connectOnce, createRotatedSecret } from './rotated-secret.ts';
import { rotateTenTimes, type World } from './world.ts';

/** Lasts long enough that there is always one under way: a pool that is closed while in use fails the second. */
async function queryTwice(pool: Pool): Promise<void> {
  await pool.query('select pg_sleep(0.03)');
  await pool.query('select 1');
}

/** No query of a handle and no connection of withSecret fails while a password is rotated under them. */
export function liveSecrets(getWorld: () => World): void {
  it('alternating users: no query of a handle fails', { timeout: 600_000 }, async () => {
    const secret = await createRotatedSecret({ ...getWorld(), name: 'handle', users: ['app_a', 'app_b'] });
    const resolver = createResolver({
      providers: { db: getWorld().provider() },
      timeout: '30s',
      deadline: '60s',
    });
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
          return new Pool({ ...getWorld().postgres.login(username, password), max: 4, maxUses });
        },
        {
          as: asCredential,
          interval: '100ms',
          drainTimeout: '60s',
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
      vi.waitFor(() => expect(closed).toBe(2 * rotation), { timeout: 120_000 }),
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

  it('single user: no connection of withSecret fails', { timeout: 600_000 }, async () => {
    const secret = await createRotatedSecret({ ...getWorld(), name: 'bridged', users: ['app'] });
    const resolver = createResolver({
      providers: { db: getWorld().provider() },
      timeout: '30s',
      deadline: '60s',
    });
    onTestFinished(resolver.close);

    let rejected = 0;
    const isRejected = (error: unknown) => {
      const itIs = error instanceof DatabaseError && error.code === '28P01';
      if (itIs) rejected += 1;
      return itIs;
    };
    const stages = ['db://bridged', 'db://bridged?stage=AWSPENDING', 'db://bridged?stage=AWSPREVIOUS'];
    const connect = () =>
      resolver.withSecret(stages, (credential) => connectOnce(getWorld().postgres, credential.reveal()), {
        as: asCredential,
        isRejected,
        within: '60s',
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
}

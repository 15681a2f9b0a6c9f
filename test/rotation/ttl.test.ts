import { createResolver } from '@keyturn/core';
import { Pool } from 'pg';
import { afterAll, beforeAll, expect, it, onTestFinished, vi } from 'vitest';
import { describeWithPostgres } from '../stores/postgres.ts';
import { startLoad } from './load.ts';
import { asCredential, type Credential, connectOnce, createRotatedSecret } from './rotated-secret.ts';
import { rotateTenTimes, startWorld, type World } from './world.ts';

await describeWithPostgres('ten rotations under load: what a ttl alone does', 'localstack', () => {
  let world: World;

  beforeAll(async () => {
    world = await startWorld();
  });
  afterAll(async () => {
    await world?.stop();
  });

  it('single user: logins fail from setSecret until the ttl has passed', { timeout: 60_000 }, async () => {
    const secret = await createRotatedSecret({ ...world, name: 'ttl', users: ['app'] });
    const resolver = createResolver({
      providers: { db: world.provider() },
      cache: { ttl: '1s', jitter: 0, staleWhileRevalidate: 0 },
    });
    onTestFinished(resolver.close);
    const credential = async (): Promise<Credential> =>
      (await resolver.resolve('db://ttl', { as: asCredential })).reveal();
    const pool = new Pool({
      ...world.postgres.login('app', ''),
      password: async () => (await credential()).password,
      max: 4,
      maxUses: 10,
    });
    onTestFinished(() => pool.end());

    let connected = 0;
    const connections = startLoad(async () => {
      await connectOnce(world.postgres, await credential());
      connected += 1;
    });
    const queries = startLoad(() => pool.query('select 1'));
    await rotateTenTimes(secret, [connections, queries], () => {
      const before = connected;
      return vi.waitFor(() => expect(connected).toBeGreaterThan(before + 10), { timeout: 10_000 });
    });
    await Promise.all([connections.stop(), queries.stop()]);
    connections.print('single user, ttl of 1 s: connections');
    queries.print('single user, ttl of 1 s: queries of a pool');

    const rejected = connections.failures.filter(({ code }) => code === '28P01');
    expect(rejected.length).toBeGreaterThan(0);
  });
});

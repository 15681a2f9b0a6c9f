import { afterAll, beforeAll } from 'vitest';
import { describeWithPostgres } from '../stores/postgres.ts';
import { liveSecrets } from './live.ts';
import { ttlReReads } from './ttl.ts';
import { startWorld, type World } from './world.ts';

await describeWithPostgres('ten rotations under load', 'localstack', () => {
  let world: World;

  beforeAll(async () => {
    world = await startWorld();
  });
  afterAll(async () => {
    await world?.stop();
  });

  liveSecrets(() => world);
  ttlReReads(() => world);
});

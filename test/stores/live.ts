import { readFile } from 'node:fs/promises';
import { getContainerRuntimeClient, ImageName, type StartedTestContainer } from 'testcontainers';
import { describe, it } from 'vitest';
import { parse } from 'yaml';

/** A service of docker-compose.test.yml. */
export type Store = 'localstack' | 'vault' | 'lowkey-vault' | 'gcp-secret-manager';

// The two clouds' emulators can only be pulled. What they would prove is also proven by test/servers.
const OPTIONAL: readonly Store[] = ['lowkey-vault', 'gcp-secret-manager'];

// Its image may be out of reach, and it would keep a test run waiting: tests stop what they start.
process.env.TESTCONTAINERS_RYUK_DISABLED ??= 'true';
// The engine that up.sh starts publishes on loopback only. In a container that was lent its host's engine, say the host.
if (process.env.DOCKER_HOST === undefined) process.env.TESTCONTAINERS_HOST_OVERRIDE ??= '127.0.0.1';

/** The image that docker-compose.test.yml names for a store. */
export async function imageOf(store: Store): Promise<string> {
  const file = new URL('../../docker-compose.test.yml', import.meta.url);
  const compose: { services: Record<Store, { image: string }> } = parse(await readFile(file, 'utf8'));
  return compose.services[store].image;
}

/** Why tests on a store can't run here; undefined when they can. */
export async function obstacle(store: Store): Promise<string | undefined> {
  const image = await imageOf(store);
  const runtime = await getContainerRuntimeClient().catch(() => undefined);
  if (runtime === undefined) return 'no Docker Engine answers (test/stores/up.sh starts one)';
  if (await runtime.image.exists(ImageName.fromString(image))) return undefined;
  return `no image ${image} (test/stores/up.sh ${store} gets it where it can be had)`;
}

/** Holds a container's processes, as `docker pause` does; gives what lets them go on. */
export async function pause(container: StartedTestContainer): Promise<() => Promise<void>> {
  const { container: containers } = await getContainerRuntimeClient();
  const held = containers.getById(container.getId());
  await held.pause();
  return () => held.unpause();
}

/**
 * A suite on a real store. Where the store can't run, one skipped case says why in its place; with
 * `KEYTURN_LIVE=required` it fails instead, except for the two cloud emulators.
 *
 *     await describeLive('vault', 'vault', () => { ... });
 */
export async function describeLive(title: string, store: Store, suite: () => void): Promise<void> {
  const reason = await obstacle(store);
  if (reason === undefined) {
    describe(title, suite);
    return;
  }
  const required = process.env.KEYTURN_LIVE === 'required' && !OPTIONAL.includes(store);
  describe(title, () => {
    it(`runs on ${store}`, ({ skip }) => {
      if (required) throw new Error(`KEYTURN_LIVE=required, and ${store} can't run: ${reason}`);
      skip(reason);
    });
  });
}

import { readdirSync } from 'node:fs';
import { defineConfig } from 'vitest/config';

// Tests read the packages' sources, so that a stale build can never pass or fail a test.
// What spawns the command line runs the build instead: `npm test` makes it first.
const alias = readdirSync(new URL('packages', import.meta.url)).map((folder) => ({
  find: folder === 'keyturn' ? /^keyturn$/ : new RegExp(`^@keyturn/${folder}$`),
  replacement: new URL(`packages/${folder}/src/index.ts`, import.meta.url).pathname,
}));

// The stores' tests and those that keep a load up come after the others, so that these do not slow them down: the
// load's one file at a time. Vitest takes groups from 1 on in their order.
const stores = ['test/{live,faults}/**/*.test.ts'];
const loads = ['test/{outage,rotation,fleet}/**/*.test.ts', 'test/leaks/endurance.test.ts'];

function project(
  name: 'logic' | 'stores' | 'loads',
  groupOrder: number,
  include: string[],
  exclude: string[] = [],
) {
  return {
    extends: true as const,
    test: {
      name,
      include,
      exclude,
      sequence: { groupOrder },
      maxWorkers: name === 'loads' ? 1 : '100%',
      globalSetup: name === 'stores' ? ['test/stores/shared.ts'] : [],
    },
  };
}

export default defineConfig({
  resolve: { alias },
  test: {
    // What hangs ends; what is slow does not fail.
    testTimeout: 300_000,
    hookTimeout: 600_000,
    expect: { poll: { timeout: 120_000 } },
    projects: [
      project('logic', 1, ['packages/*/test/**/*.test.ts', 'test/**/*.test.ts'], [...stores, ...loads]),
      project('stores', 2, stores),
      project('loads', 3, loads),
    ],
  },
});

import { readdirSync } from 'node:fs';
import { defineConfig } from 'vitest/config';

// Tests read the packages' sources, so that a stale build can never pass or fail a test.
// What spawns the command line runs the build instead: `npm test` makes it first.
const alias = readdirSync(new URL('packages', import.meta.url)).map((folder) => ({
  find: folder === 'keyturn' ? /^keyturn$/ : new RegExp(`^@keyturn/${folder}$`),
  replacement: new URL(`packages/${folder}/src/index.ts`, import.meta.url).pathname,
}));

export default defineConfig({
  resolve: { alias },
  test: {
    include: ['packages/*/test/**/*.test.ts', 'test/**/*.test.ts'],
    testTimeout: 30_000,
    hookTimeout: 120_000,
  },
});

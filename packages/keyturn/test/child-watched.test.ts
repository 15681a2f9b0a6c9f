import { once } from 'node:events';
import { expect, it } from 'vitest';
import { startChild } from '../src/cli/child.ts';
import { runWatched } from '../src/cli/child-watched.ts';
import { shell } from './fixtures/runner.ts';

it('a change that comes as the command ends changes nothing, and no handler is left behind', async () => {
  const handlers = () => ['SIGINT', 'SIGTERM', 'SIGHUP'].map((signal) => process.listenerCount(signal));
  const before = handlers();
  let starts = 0;
  const code = await runWatched({
    first: [],
    start() {
      starts += 1;
      return startChild({ args: [], ...shell(`exit ${starts}`), env: {}, mask: undefined });
    },
    async *changes(signal) {
      await once(signal, 'abort');
      yield { texts: [], summary: 'KEY changed' };
      throw new Error('nobody asks for more');
    },
    reloadSignal: undefined,
  });
  expect({ code, starts }).toEqual({ code: 1, starts: 1 });
  expect(handlers()).toEqual(before);
  expect(process.hasUncaughtExceptionCaptureCallback()).toBe(false);
});

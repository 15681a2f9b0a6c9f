import { execFile } from 'node:child_process';
import { describe, expect, it } from 'vitest';

const core = new URL('../../packages/core/src/index.ts', import.meta.url).href;

/**
 * What a process gets to end by itself. All limits of its resolvers are an hour, so what keeps it alive keeps it alive
 * for longer than this, and what does not ends after some hundred milliseconds: no machine is slow enough to decide.
 */
const BOUND_MS = 120_000;

/** What is common to the processes: a store, and a resolver in whose cache everything is stale at once. */
const START = `
  import { createResolver, memory } from ${JSON.stringify(core)};
  const store = memory({ x: 'v1', y: 'v2' });
  const settings = { providers: { app: store }, deadline: '1h', timeout: '1h' };
  const resolver = createResolver({
    ...settings,
    cache: { ttl: 0.001, staleWhileRevalidate: '1h', jitter: 0 },
    onWarning: () => {},
  });
  /** Serves a stale value, behind which a read in the background meets \`fault\`. */
  async function serveStale(fault) {
    await resolver.resolve('app://x');
    store.fail('*', fault);
    const { source } = await resolver.resolveWithMetadata('app://x');
    // The read goes out after the answer.
    while (store.calls.length < 2) await new Promise(setImmediate);
    console.log(source);
  }
`;

interface Ending {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** How a process ends that runs this. One that does not end by itself is ended by SIGTERM. */
function run(body: string, bound = BOUND_MS): Promise<Ending> {
  // Not at the top level: Node ends a module that awaits what never comes, with 13.
  const script = `${START} async function main() { ${body} }\n main();`;
  const args = ['--input-type=module', '--eval', script];
  return new Promise((resolve) => {
    const child = execFile(process.execPath, args, { timeout: bound }, (_error, stdout, stderr) =>
      resolve({ code: child.exitCode, signal: child.signalCode, stdout, stderr }),
    );
  });
}

function byItself(stdout: string): Ending {
  return { code: 0, signal: null, stdout, stderr: '' };
}

const cases: Readonly<Record<string, readonly [body: string, stdout: string]>> = {
  'a resolve': [`console.log((await resolver.resolve('app://x')).reveal());`, 'v1\n'],
  'a resolve that failed after retries': [
    `store.fail('x', 'Unavailable', 3);
     store.fail('y', 'AccessDenied');
     const { values, failures } = await resolver.resolveSettled({ X: 'app://x', Y: 'app://y' });
     console.log(Object.keys(values), failures.length);`,
    "[ 'X' ] 1\n",
  ],
  'a resolve that its caller left': [
    `store.fail('*', 'hang');
     const caller = new AbortController();
     const resolving = resolver.resolve('app://x', { signal: caller.signal });
     setImmediate(() => caller.abort());
     await resolving.catch((error) => console.log(error.name));`,
    'AbortError\n',
  ],
  'a stale value, while the read behind it hangs': [`await serveStale('hang');`, 'stale\n'],
  'a stale value, while the read behind it waits to be tried again': [
    `await serveStale({ code: 'Throttled', retryAfterMs: 1_800_000 });`,
    'stale\n',
  ],
  'a watch that waits for the next version': [
    `const watch = resolver.watch('app://x')[Symbol.asyncIterator]();
     console.log((await watch.next()).value.value.reveal());
     watch.next();`,
    'v1\n',
  ],
  'a handle that is open': [
    `const handle = await resolver.handle('app://x', (secret) => secret.reveal());
     console.log(await handle.use((client) => client));`,
    'v1\n',
  ],
};

describe.concurrent('a process ends by itself after', () => {
  for (const [name, [body, stdout]] of Object.entries(cases)) {
    it(`${name}: without close()`, { timeout: 2 * BOUND_MS }, async () => {
      expect(await run(body)).toEqual(byItself(stdout));
    });

    it(`${name}: with close()`, { timeout: 2 * BOUND_MS }, async () => {
      expect(await run(`${body}\n await resolver.close(); console.log('closed');`)).toEqual(
        byItself(`${stdout}closed\n`),
      );
    });
  }

  it.each([
    ['of the cache', ''],
    ['without a cache', 'const resolver = createResolver({ ...settings, cache: false });'],
  ])('close() has ended a resolve that hangs, %s', { timeout: 2 * BOUND_MS }, async (_, before) => {
    const body = `${before}
      store.fail('*', 'hang');
      const resolving = resolver.resolve('app://x').catch(({ failures }) => console.log(failures[0].message));
      await new Promise(setImmediate);
      await resolver.close();
      await resolving;`;
    expect(await run(body)).toEqual(byItself('the resolver was closed\n'));
  });
});

describe('what keeps a process alive', () => {
  it('is found', { timeout: BOUND_MS }, async () => {
    // A resolve that somebody waits for does, until its deadline.
    const waiting = `store.fail('*', 'hang'); await resolver.resolve('app://x');`;
    expect(await run(waiting, 2_000)).toEqual({ code: null, signal: 'SIGTERM', stdout: '', stderr: '' });
  });
});

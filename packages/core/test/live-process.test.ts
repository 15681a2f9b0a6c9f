import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';

const core = new URL('../src/index.ts', import.meta.url).href;

/** What a process prints that runs this with a resolver of its own, and how it ends. */
function run(body: string) {
  const script = `
    import { createResolver, memory } from ${JSON.stringify(core)};
    const app = memory({ x: 'v1', y: 'v2' });
    const resolver = createResolver({ providers: { app } });
    async function main() { ${body} }
    void main();`;
  const started = performance.now();
  const options = { encoding: 'utf8', timeout: 120_000 } as const;
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['--input-type=module', '-e', script],
    options,
  );
  return { status, stdout, stderr, took: performance.now() - started };
}

const FOLLOW = `
  const watch = resolver.watch('app://x')[Symbol.asyncIterator]();
  await watch.next();
  const handle = await resolver.handle('app://x', (secret) => secret.reveal());
  const next = watch.next();
  const rejected = () => { throw new Error('rejected'); };
  await resolver.withSecret('app://x', (secret) => secret.reveal() === 'v2' || rejected(), {
    isRejected: () => { app.set('x', 'v2'); return true; },
  });
  await handle.refresh();
  console.log(await handle.use((client) => client));`;

describe('a process', () => {
  it('ends by itself though a watch waits and a handle is open', () => {
    expect(run(FOLLOW)).toMatchObject({ status: 0, stdout: 'v2\n', stderr: '' });
  });

  it('ends once the resolver is closed, which ends the watch', () => {
    const { status, stdout, stderr } = run(`${FOLLOW}
      await resolver.close();
      console.log((await next).done);`);
    expect([status, stdout, stderr]).toEqual([0, 'v2\ntrue\n', '']);
  });

  it('waits for a close that it asked for, and for no other', () => {
    const open = (end: string) => `
      const never = () => new Promise(() => {});
      const handle = await resolver.handle('app://x', () => 0, { close: never, drainTimeout: '300ms' });
      ${end}
      console.log('the end');`;
    const closed = run(open('await handle.close();'));
    expect([closed.status, closed.stdout]).toEqual([0, 'the end\n']);
    expect(closed.stderr).toContain('memory: app://x: closing a client has not ended after 300 ms');
    const swapped = run(open(`app.set('x', 'v2'); await handle.refresh();`));
    expect(swapped).toMatchObject({ status: 0, stdout: 'the end\n', stderr: '' });
  });
});

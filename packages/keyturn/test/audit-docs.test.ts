import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { project, shell } from './support/cli.ts';

const docs = (name: string) => readFileSync(new URL(`../../../docs/${name}`, import.meta.url), 'utf8');

/** The paths of the docs, in the folder of the test. */
function here(text: string): string {
  return text.replaceAll(/\/(var\/log\/myapp|etc\/myapp|mnt\/append-only)\//g, '');
}

/** The first example of a page, with what it takes for granted. */
function example(page: string): string {
  const code = /```ts\n(.*?)```/s.exec(docs(page))?.[1] ?? '';
  return `
    import { memory } from 'keyturn';
    const app = memory({ db: 'canary' });
    const providers = { app };
    const request = { headers: { traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' } };
    ${here(code)}
    await resolver.resolve('app://db');
    await resolver.close();`;
}

it('the examples of the docs run, and what they write is verified by the command beside them', async () => {
  const [makeKey = '', makePublic = '', verify = ''] =
    docs('audit.md').match(/(?<=^ {4})(openssl|keyturn).*/gm) ?? [];
  const folder = project({ 'file.ts': example('audit.md'), 'event.ts': example('audit-event.md') });
  const node = JSON.stringify(process.execPath);
  const { code, stdout, stderr } = await shell(
    folder,
    `set -e; ${makeKey}\n ${makePublic}\n ${node} file.ts; ${node} event.ts
    ${here(verify).replace('keyturn', '$KEYTURN')}
    $KEYTURN audit show audit --json`,
  );
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toMatch(/\n2 segments, \d+ records: intact\n/);
  const events = stdout.split('\n').flatMap((line) => (line.startsWith('{') ? [JSON.parse(line)] : []));
  expect(events).toMatchObject([
    { name: 'app://db', source: 'store' },
    {
      name: 'app://db',
      source: 'store',
      actor: 'ann',
      reason: 'ticket 7',
      traceId: '0af7651916cd43dd8448eb211c80319c',
    },
    { name: 'app://db', source: 'cache', environment: 'production' },
  ]);
});

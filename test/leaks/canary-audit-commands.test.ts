import { appendFileSync, copyFileSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { auditFile, createResolver, memory } from 'keyturn';
import { beforeAll, expect, it } from 'vitest';
import { folder, KEY } from '../../packages/keyturn/test/support/audit.ts';
import { keyturnBytes, project } from '../../packages/keyturn/test/support/cli.ts';
import { FINGERPRINT_KEY, kinds, leaking, textOf } from './audit.ts';
import { canary } from './search.ts';

const texts = kinds.map(([, value]) => textOf(value));
const names = kinds.map(([kind]) => `K_${kind.replaceAll(/\W/g, '_').toUpperCase()}`);
const there = project({
  'audit.pem': KEY.privatePem,
  'public.pem': KEY.publicPem,
  fingerprints: FINGERPRINT_KEY.toString('base64'),
  'keyturn.config.js': `
    import { as, auditFile, auditStdout, defineConfig, file } from 'keyturn';
    const names = (process.env.ONLY ?? '${names}').split(',');
    const audit = auditFile({ path: 'audit', signingKey: { file: 'audit.pem' }, heads: 'heads' });
    export default defineConfig({
      environment: 'a',
      environments: { a: { providers: { files: file({ root: 'mounted' }) } } },
      audit: { sinks: [audit, auditStdout()], reveals: true, fingerprintKey: { file: 'fingerprints' } },
      secrets: Object.fromEntries(names.map((name) => [name, { ref: 'files://' + name, as: as.bytes() }])),
    });`,
  ...Object.fromEntries(kinds.map(([, value], index) => [`mounted/${names[index]}`, value])),
});
const PROVED = ['--public-key', 'public.pem', '--head', 'heads'];

/** How a command of the audit ended, and which of its streams show a canary. */
async function run(path: string, { command, options }: { command: string; options: readonly string[] }) {
  const { code, stdout, stderr } = await keyturnBytes(there, ['audit', command, path, ...options]);
  const streams = { stdout: stdout.toString('latin1'), stderr };
  return { code, said: streams.stdout.length + stderr.length > 0, leaking: leaking(streams) };
}
const commands = [
  ['verify'],
  ['verify', '--json'],
  ['verify', ...PROVED],
  ['show'],
  ['show', '--json'],
  ['report'],
  ['report', '--json'],
].map(([command = '', ...options]) => ({ command, options, title: [command, ...options].join(' ') }));

// What the rest reads.
beforeAll(() => keyturnBytes(there, ['check']));

it('commands that resolve leave no value in the audit', async () => {
  const audited = () =>
    ['heads', ...readdirSync(join(there, 'audit')).map((name) => `audit/${name}`)].map((name) =>
      readFileSync(join(there, name), 'latin1'),
    );
  const asText = { ONLY: names.filter((name) => name !== 'K_BINARY').join() };
  for (const [args, env] of [
    [['check'], {}],
    [['run', '--', 'true'], asText],
    [['export', '--format', 'json'], asText],
    ...names.map((name) => [['get', name, '--reveal'], {}] as const),
  ] as const) {
    const { code, stdout, stderr } = await keyturnBytes(there, args, { env });
    expect([args, code]).toEqual([args, 0]);
    expect(leaking({ stdout: stdout.toString('latin1') }).length > 0).toBe(
      args[0] === 'export' || args[0] === 'get',
    );
    expect(stderr).toContain('"fingerprint":"hmac-sha256:');
    expect(leaking({ stderr })).toEqual([]);
  }
  expect(audited().join('')).toContain('"action":"reveal"');
  expect(leaking({ audited: audited().join('') })).toEqual([]);
});

it.each(commands)('audit $title shows no value of an audit', async (command) => {
  expect(await run('audit', command)).toMatchObject({ code: 0, said: true, leaking: [] });
});

// By a caller who puts a value where it does not belong.
it.each(commands.filter(({ command }) => command !== 'verify'))(
  'audit $title shows one that is planted',
  async (command) => {
    for (const [index, text] of texts.entries()) {
      const path = join(folder, `planted-${index}`);
      const sink = auditFile({ path, fsync: 'never' });
      const resolver = createResolver({
        providers: { app: memory({ key: 'x' }) },
        audit: { sinks: [sink] },
      });
      await resolver.resolve('app://key', { actor: text, reason: text });
      await resolver.close();
      expect(await run(path, command)).toMatchObject({ code: 0, leaking: ['stdout'] });
    }
  },
);

// It shows nothing of what stands in the files, but where they are.
it('audit verify shows one that is planted', async () => {
  const path = join(folder, canary('folder'));
  const sink = auditFile({ path, fsync: 'never' });
  await sink.write([], 1);
  await sink.close?.();
  const [segment = ''] = readdirSync(path);
  appendFileSync(join(path, segment), '{}\n{}\n');
  for (const options of [[], ['--json']]) {
    expect(await run(path, { command: 'verify', options })).toMatchObject({ code: 1, leaking: ['stdout'] });
  }
});

it.each(commands)('audit $title shows no value of files that are none of an audit', async (command) => {
  const path = join(folder, 'wrong');
  const sink = auditFile({ path, fsync: 'never' });
  await sink.write([], 1);
  await sink.close?.();
  const [segment = ''] = readdirSync(path);
  const whole = readFileSync(join(path, segment), 'utf8');
  const hash = '0'.repeat(64);
  const link = { segment: segment.replace('.jsonl', ''), n: 1, hash };
  const head = { kind: 'head', ...link, time: new Date().toISOString(), key: '0'.repeat(16) };
  const headOf = (more: object) => JSON.stringify({ ...head, signature: '0'.repeat(128), ...more });
  for (const [index, text] of texts.entries()) {
    const said = JSON.stringify(text);
    const wrong = [
      text,
      `{"n":4,"prev":${said},"kind":"event","event":{}}`,
      `{"n":4,"prev":"${hash}","kind":${said},"event":{}}`,
      `{"n":4,"prev":"${hash}","kind":"event","event":${said}}`,
      `{"n":4,"prev":"${hash}","kind":"head","time":${said},"key":${said},"signature":${said}}`,
      `{"n":4,"prev":"${hash}","kind":"torn","time":${said},"bytes":1,"segment":${said},"hash":${said}}`,
      headOf({ segment: text }),
      headOf({ key: text }),
      headOf({ time: text }),
    ];
    for (const [at, line] of wrong.entries()) {
      const other = segment.replace(/[0-9a-f]{16}\./, `${index}${at}${'0'.repeat(14)}.`);
      writeFileSync(join(path, other), `${whole}${line}\n`, 'latin1');
      // Of each file of heads, only the first that is wrong is told.
      const heads = join(there, `wrong-heads-${index}${at}`);
      copyFileSync(join(there, 'heads'), heads);
      appendFileSync(heads, `${line}\n`, 'latin1');
    }
    appendFileSync(
      join(there, 'wrong.pem'),
      `-----BEGIN PUBLIC KEY-----\n${text}\n-----END PUBLIC KEY-----\n`,
      'latin1',
    );
  }
  const { code, leaking: shown } = await run(path, command);
  expect({ code, shown }).toEqual({ code: command.command === 'verify' ? 1 : 0, shown: [] });
  if (command.title !== 'verify') return;
  for (const options of [
    ['--head', 'wrong.pem'],
    ['--public-key', 'wrong.pem'],
  ]) {
    expect(await run('audit', { command: 'verify', options })).toEqual({ code: 2, said: true, leaking: [] });
  }
  const heads = readdirSync(there).filter((name) => name.startsWith('wrong-heads-0'));
  expect(heads.length).toBeGreaterThan(5);
  for (const name of heads) {
    const options = ['--json', '--public-key', 'public.pem', '--head', name];
    expect(await run('audit', { command: 'verify', options })).toEqual({ code: 1, said: true, leaking: [] });
  }
});

import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { auditFile } from '../src/index.ts';
import { event, KEY } from './support/audit.ts';
import { keyturn, onTerminal, project } from './support/cli.ts';

/** A project with an audit of one closed and one unclosed segment, its public key and its heads. */
async function audited(): Promise<{ readonly folder: string; readonly segments: readonly string[] }> {
  const folder = project({ 'public.pem': KEY.publicPem });
  const options = { path: join(folder, 'audit'), signingKey: () => KEY.seed, heads: join(folder, 'heads') };
  for (const name of ['a', 'b']) {
    const sink = auditFile(options);
    await sink.write([event(name)], 0);
    await sink.close?.();
  }
  const files = readdirSync(options.path).sort();
  const file = join(options.path, files[1] ?? '');
  const lines = readFileSync(file, 'utf8').split('\n');
  writeFileSync(file, `${lines.slice(0, 2).join('\n')}\n{"n":3,"pr`);
  return { folder, segments: files.map((name) => name.replace('.jsonl', '')) };
}

const verify = ['audit', 'verify', 'audit'];
const withKey = [...verify, '--public-key', 'public.pem'];

describe('keyturn audit verify', () => {
  it('tells for each segment how far it is proven', async () => {
    const { folder, segments } = await audited();
    expect(await keyturn(folder, withKey)).toEqual({
      code: 0,
      stdout: `SEGMENT${' '.repeat((segments[0] ?? '').length - 7)}  RECORDS  PROVEN TO  VERDICT
${segments[0]}  4        3          intact, and closed
${segments[1]}  2        0          unbroken, but nothing proves it; its last record is torn

2 segments, 6 records: intact
`,
      stderr: '',
    });
    const { stdout, stderr } = await keyturn(folder, verify);
    expect(stdout).toMatch(/2 segments, 6 records: unbroken\n$/);
    expect(stderr).toBe(
      'warning: no --public-key: signatures were not looked at, so only accidental damage would show\n',
    );
  });

  it('ends with 1 and the place of the first damage of each segment', async () => {
    const { folder, segments } = await audited();
    const file = join(folder, 'audit', `${segments[0]}.jsonl`);
    writeFileSync(file, readFileSync(file, 'utf8').replace('"name":"a"', '"name":"x"'));
    const { code, stdout, stderr } = await keyturn(folder, [...withKey, '--head', 'heads']);
    expect({ code, stderr }).toEqual({ code: 1, stderr: '' });
    expect(stdout).toMatch(`${segments[0]}  1        0          broken: record 2 changed\n`);
    expect(stdout).toMatch(`\naudit/${segments[0]}.jsonl:2: was changed\n`);
    expect(stdout).toMatch(
      new RegExp(
        `\naudit/${segments[1]}.jsonl:3: is gone, and so is what follows up to record 3, which was signed on .*\n`,
      ),
    );
    expect(stdout).toMatch(/\n2 segments, 3 records: broken in 2 places\n$/);
  });

  it('gives the same as JSON', async () => {
    const { folder, segments } = await audited();
    const { code, stdout } = await keyturn(folder, [...withKey, '--json']);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      ok: true,
      signatures: true,
      heads: false,
      records: 6,
      segments: [
        { segment: segments[0], records: 4, provenTo: 3, closed: true, tornBytes: 0 },
        { segment: segments[1], records: 2, provenTo: 0, closed: false, tornBytes: 10 },
      ],
      problems: [],
      notes: [],
    });
  });

  it('reads the working folder without a path, and any number of paths', async () => {
    const { folder, segments } = await audited();
    const audit = join(folder, 'audit');
    expect((await keyturn(audit, ['audit', 'verify'])).code).toBe(0);
    const paths = segments.map((segment) => `audit/${segment}.jsonl`);
    expect((await keyturn(folder, ['audit', 'verify', ...paths])).stdout).toMatch(/^2 segments/m);
    expect(await keyturn(folder, ['audit', 'verify'])).toEqual({
      code: 2,
      stdout: '',
      stderr:
        'error: .: holds no segment of an audit file: those are named as in 20260801T120000000Z-42-0123456789abcdef.jsonl\n',
    });
  });

  it('takes a key that openssl made', async () => {
    const folder = project();
    execFileSync('openssl', ['genpkey', '-algorithm', 'ed25519', '-out', join(folder, 'key.pem')]);
    execFileSync('openssl', [
      'pkey',
      '-in',
      join(folder, 'key.pem'),
      '-pubout',
      '-out',
      join(folder, 'public.pem'),
    ]);
    const sink = auditFile({ path: join(folder, 'audit'), signingKey: { file: join(folder, 'key.pem') } });
    await sink.write([event('a')], 0);
    await sink.close?.();
    const { code, stdout } = await keyturn(folder, withKey);
    expect([code, stdout]).toEqual([0, expect.stringMatching(/intact, and closed/)]);
  });

  it.each([
    [['audit'], 'audit is followed by verify, show, report; --help shows what there is'],
    [['audit', 'prove'], 'audit is followed by verify, show, report; --help shows what there is'],
    [
      ['audit', 'verify', 'gone'],
      'gone could not be read: it does not exist: create it, or correct the path',
    ],
    [
      ['audit', 'verify', '--heads', 'x'],
      'audit verify has no option --heads (did you mean "--head"?); --help shows what there is',
    ],
    [['audit', 'verify', '--head'], '--head needs a value: --head <file>; --help shows what there is'],
  ])('%o is wrong usage', async (args, message) => {
    expect(await keyturn(project(), args)).toEqual({ code: 2, stdout: '', stderr: `error: ${message}\n` });
  });

  it('shows progress on a terminal, and leaves nothing of it', async () => {
    const folder = project();
    const sink = auditFile({ path: join(folder, 'audit'), fsync: 'never' });
    for (let time = 0; time < 150; time++) {
      await sink.write(
        Array.from({ length: 1_000 }, (_, index) => event(`${index}`)),
        0,
      );
    }
    await sink.close?.();
    const seen = await onTerminal(folder, verify);
    expect(seen).toMatch(/\r\u001b\[2Kverified \d+ %/);
    expect(seen).toMatch(/%\r\u001b\[2K\S*SEGMENT/);
  });
});

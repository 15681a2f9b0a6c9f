import { copyFile, mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { listPackages, root } from '../../scripts/packages.ts';
import { cliCases } from './cli-cases.ts';
import { makeScratch, run, type Scratch } from './scratch.ts';

const packages = listPackages();
const version = packages.find(({ folder }) => folder === 'keyturn')?.manifest.version ?? 'no keyturn package';

/** Every importable entry: each package's exports but for files of data. */
const entries = packages.flatMap(({ manifest }) =>
  Object.keys(manifest.exports ?? {})
    .filter((subpath) => !subpath.endsWith('.json'))
    .map((subpath) => `${manifest.name}${subpath.slice(1)}`),
);

let scratch: Scratch | undefined;

/** The installed project; what fails to install fails each case here. */
function installed(): Scratch {
  if (!scratch) throw new Error('the scratch project was not installed');
  return scratch;
}

beforeAll(async () => {
  scratch = await makeScratch({ typescript: '7.0.2', '@types/node': '22.20.5', node: '22.23.3' });
  for (const file of ['use.mjs', 'use.ts', 'uncaught.mjs']) {
    await copyFile(join(import.meta.dirname, 'consumer', file), join(scratch.folder, file));
  }
}, 300_000);
afterAll(() => scratch?.remove());

describe('TypeScript', () => {
  it.each([true, false])('type-checks an app, skipLibCheck %s', async (skipLibCheck) => {
    const { folder } = installed();
    const all = entries.map((entry, index) => `export * as e${index} from '${entry}';`).join('\n');
    await writeFile(join(folder, 'all.ts'), all);
    const config = join(folder, `tsconfig.${skipLibCheck}.json`);
    const compilerOptions = {
      target: 'es2023',
      module: 'nodenext',
      types: ['node'],
      strict: true,
      exactOptionalPropertyTypes: true,
      noUncheckedIndexedAccess: true,
      noEmit: true,
      skipLibCheck,
    };
    await writeFile(config, JSON.stringify({ compilerOptions, files: ['use.ts', 'all.ts'] }));
    const tsc = join(folder, 'node_modules/typescript/bin/tsc');
    const ended = await run(process.execPath, [tsc, '-p', config], { cwd: folder });
    expect(ended).toEqual({ code: 0, stdout: '', stderr: '' });
  });
});

/** Where each Node that Keyturn supports lies: the oldest comes with the scratch project, the newest with ours. */
const nodes = [
  { name: 'Node 22', home: () => installed().folder, expected: /^v22\.(2[2-9]|[3-9]\d)\./ },
  { name: 'Node 24', home: () => root, expected: /^v24\./ },
];

describe.each(nodes)('$name', ({ home, expected }) => {
  const node = () => join(home(), 'node_modules/node/bin/node');

  it.each([
    ['use.mjs', { shown: '[secret]', revealed: 'canary-url', code: 'NotFound' }],
    ['use.ts', { shown: '[secret]', revealed: 5432, debug: false, code: 'NotFound' }],
  ])('runs %s', async (file, printed) => {
    const { folder } = installed();
    const ended = await run(node(), [file], { cwd: folder });
    expect(ended).toMatchObject({ code: 0, stderr: '' });
    expect(JSON.parse(ended.stdout)).toEqual({ node: expect.stringMatching(expected), ...printed });
  });

  it('names an error that nobody caught', async () => {
    const { folder } = installed();
    const ended = await run(node(), ['uncaught.mjs'], { cwd: folder });
    expect(ended).toMatchObject({ code: 1, stdout: '' });
    // What is before it quotes the line of the bundle that threw.
    const [, told = ''] = ended.stderr.split(/\n {4,}\^+\n\n/);
    expect(told).toMatch(/^ResolveError: 1 secret could not be resolved:\n {2}app:\/\/absent: NotFound: /);
    expect(told).not.toMatch(/_\w*Error/);
  });

  it.each(entries)('imports %s, with the exports of its source', async (entry) => {
    const { folder } = installed();
    const script = `console.log(JSON.stringify(Object.keys(await import('${entry}'))))`;
    const ended = await run(node(), ['--input-type=module', '--eval', script], { cwd: folder });
    expect(ended).toMatchObject({ code: 0, stderr: '' });
    const source: object = await import(entry);
    const names = Object.keys(source).sort();
    expect(names).not.toEqual([]);
    expect(JSON.parse(ended.stdout).sort()).toEqual(names);
  });

  const commands = cliCases(version).map((each) => [each.args.join(' '), each] as const);
  it.each(commands)('keyturn %s', async (_, { args, files = {}, env = {}, code, stdout }) => {
    const { folder } = installed();
    const cwd = await mkdtemp(join(folder, 'app-'));
    for (const [name, text] of Object.entries(files)) {
      await mkdir(dirname(join(cwd, name)), { recursive: true });
      await writeFile(join(cwd, name), text);
    }
    const PATH = [dirname(node()), '/usr/bin', '/bin'].join(delimiter);
    const ended = await run(join(folder, 'node_modules/.bin/keyturn'), args, { cwd, env: { PATH, ...env } });
    expect(ended).toMatchObject({ code, stdout });
  });
});

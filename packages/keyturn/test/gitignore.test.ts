import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { gitignoreLines } from '../src/cli/gitignore.ts';

let repository: string;
beforeAll(() => {
  repository = mkdtempSync(join(tmpdir(), 'keyturn-gitignore-'));
  execFileSync('git', ['init', '--quiet', repository]);
});
afterAll(() => rmSync(repository, { recursive: true }));

const secretFiles = ['.env', '.env.local', '.env.production', '.env.production.local'];

/** What git itself ignores of the names, with this `.gitignore` and nothing of the machine's own. */
function ignored(gitignore: string, names: readonly string[]): string[] {
  writeFileSync(join(repository, '.gitignore'), gitignore);
  const { status, stdout } = spawnSync(
    'git',
    ['-c', 'core.excludesFile=/dev/null', 'check-ignore', '--no-index', '-z', '--stdin'],
    { cwd: repository, input: names.join('\0'), encoding: 'utf8' },
  );
  expect([0, 1]).toContain(status);
  return stdout.split('\0').filter((name) => name !== '');
}

const both = '.env*\n!.env.example\n';

describe('gitignoreLines', () => {
  it.each<[title: string, existing: string | undefined, appended: string | undefined]>([
    ['no file', undefined, both],
    ['an empty file', '', both],
    ['other lines', 'node_modules/\n*.log\n', both],
    ['no newline at the end', 'node_modules/', `\n${both}`],
    ['CRLF', 'node_modules/\r\ndist/\r\n', '.env*\r\n!.env.example\r\n'],
    ['CRLF and no newline at the end', 'node_modules/\r\ndist/', '\r\n.env*\r\n!.env.example\r\n'],
    ['`.env` alone', '.env\n', both],
    ["`.env` as a folder, Python's virtual environment", '.env/\n', both],
    ['a comment that looks like it', '#.env*\n', both],
    ['a path below', 'sub/.env*\n', both],
    ['just what we write', both, undefined],
    ['just what we write, CRLF', both.replaceAll('\n', '\r\n'), undefined],
    ['just what we write, no newline at the end', both.trimEnd(), undefined],
    ['just what we write, and other lines after', `${both}*.log\nnode_modules\n`, undefined],
    ['a byte order mark first', `\ufeff${both}`, undefined],
    ['`.env*` alone', '.env*\n', '!.env.example\n'],
    ['`.env*` alone, no newline at the end', '.env*', '\n!.env.example\n'],
    ['the exception before the rule', '!.env.example\n.env*\n', '!.env.example\n'],
    ['a later `!.env`', `${both}!.env\n`, both],
    ['a later `!.env*`', `${both}!.env*\n`, both],
    ['a later `!*`', `${both}!*\n`, both],
    ['a later `*.example`', `${both}*.example\n`, '!.env.example\n'],
    ["GitHub's own for Node", '.env\n.env.*\n!.env.example\n', undefined],
    ["Vite's own", '*.local\n.env\n', both],
    ['anchored', '/.env*\n!/.env.example\n', undefined],
    ['in any folder', '**/.env*\n!**/.env.example\n', undefined],
    ['everything but', '*\n!.gitignore\n!src/\n!.env.example\n', undefined],
    ['spaces at the end', '.env*  \n!.env.example \n', undefined],
    ['an escaped space at the end', '.env*\\ \n', both],
    ["a team's own exception", `${both}!.env.test\n`, undefined],
    ['classes and question marks', '.en[u-v]*\n!.env.exampl?\n', undefined],
    ['a range that is upside down', '.en[z-a]*\n.env\n', both],
    ['an escape', '\\.env*\n!\\.env.example\n', undefined],
  ])('%s', (_, existing, appended) => {
    expect(gitignoreLines(existing)).toBe(appended);
    const after = (existing ?? '') + (appended ?? '');
    expect(ignored(after, [...secretFiles, '.env.example'])).toEqual(secretFiles);
    expect(gitignoreLines(after)).toBeUndefined();
  });

  it("keeps a team's own exception where it has to append", () => {
    expect(ignored(`!.env.test\n${gitignoreLines('!.env.test\n')}`, ['.env.test', '.env'])).toEqual([
      '.env.test',
      '.env',
    ]);
    expect(ignored(`${both}!.env.test\n`, ['.env.test', '.env'])).toEqual(['.env']);
  });

  it('sees what git sees, in any file of such patterns', () => {
    const pattern = fc
      .tuple(
        fc.constantFrom('', '!', '#', '/', '!/', '**/', '!**/', 'a/', ' '),
        fc.constantFrom(
          '.env',
          '.env*',
          '.env.*',
          '*',
          '.env.example',
          '.env.local',
          '*.local',
          '.e?v',
          '.[a-f]nv*',
          '.[!a-f]nv*',
          '.[z-a]nv*',
          '\\.env*',
          '.env[',
          '.env.production*',
          '',
        ),
        fc.constantFrom('', ' ', '  ', '/', '/**', '\\ ', '\t'),
      )
      .map((parts) => parts.join(''));
    fc.assert(
      fc.property(fc.array(pattern, { maxLength: 5 }), fc.constantFrom('\n', '\r\n'), (lines, lineBreak) => {
        const existing = lines.join(lineBreak);
        const appended = gitignoreLines(existing);
        const done = ignored(existing, [...secretFiles, '.env.example']).join() === secretFiles.join();
        expect(appended === undefined).toBe(done);
        expect(ignored(existing + (appended ?? ''), [...secretFiles, '.env.example'])).toEqual(secretFiles);
      }),
      { numRuns: 200 },
    );
  });
});

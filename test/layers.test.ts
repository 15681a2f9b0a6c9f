import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { fileProblems, layerProblems } from '../scripts/layer-rules.ts';
import { type PackageGraph, readModule, readPackageGraph } from '../scripts/module-graph.ts';
import { isProvider, listPackages, root } from '../scripts/packages.ts';

/** A package made of source texts, clean unless `sources` or `more` say otherwise. */
function planted(
  folder: string,
  sources: Readonly<Record<string, string>>,
  dependencies: readonly string[] = ['@keyturn/core'],
): PackageGraph {
  const provider = isProvider(folder) ? `export const made = { contract: 1, kind: '${folder}' };` : '';
  return {
    folder,
    isProvider: isProvider(folder),
    manifest: {
      name: folder === 'keyturn' ? 'keyturn' : `@keyturn/${folder}`,
      version: '0.1.0',
      dependencies: Object.fromEntries(dependencies.map((name) => [name, '0.1.0'])),
    },
    modules: Object.entries({ 'index.ts': provider, ...sources }).map(([file, source]) =>
      readModule(file, source),
    ),
  };
}

function lines(count: number): string {
  return Array.from({ length: count }, (_, index) => `export const n${index} = ${index};`).join('\n');
}

describe('reading a module', () => {
  it('finds every form of import, in code and in types, and nothing in comments or strings', () => {
    const source = `
      import a, { type B } from './a.ts';
      import type { C } from "pkg-type";
      import './side-effect.ts';
      export { d } from './d.ts';
      export * from './star.ts';
      export type { E } from './e.ts';
      type F = import('./f.ts').F;
      const sdk = async () => (await import('@aws-sdk/client-ssm')).SSMClient;
      // import './comment.ts';
      const text = "import './string.ts'";
      export const plain = 1;`;
    expect(readModule('x.ts', source).imports).toEqual([
      './a.ts',
      'pkg-type',
      './side-effect.ts',
      './d.ts',
      './star.ts',
      './e.ts',
      './f.ts',
      '@aws-sdk/client-ssm',
    ]);
  });

  it('finds the kind of a provider object, and of no other', () => {
    const source = `
      const token = { kind: 'comment' };
      export const a = () => ({ contract: 1, kind: 'env' as const, params: [] });
      export const b = (kind: string) => ({ contract: 1, kind });`;
    expect(readModule('x.ts', source).kinds).toEqual(['env', undefined]);
  });
});

describe('the checker finds what is planted', () => {
  it.each([
    ['core', { 'a.ts': "import 'node:fs';" }, 'a.ts: imports node:fs; core imports no Node module'],
    [
      'core',
      { 'a.ts': "import '@keyturn/env';" },
      'a.ts: imports @keyturn/env; core may import no other package',
    ],
    [
      'core',
      { 'a.ts': "import type { z } from 'zod';" },
      'a.ts: imports zod; core depends on nothing outside this workspace',
    ],
    [
      'conformance',
      { 'a.ts': "import { it } from 'vitest';" },
      'a.ts: imports vitest; conformance depends on nothing outside this workspace',
    ],
    [
      'file',
      { 'a.ts': "export * from '@keyturn/env/x';" },
      'a.ts: imports @keyturn/env; file may import @keyturn/core',
    ],
    [
      'file',
      { 'a.ts': "const k = () => import('keyturn');" },
      'a.ts: imports keyturn; file may import @keyturn/core',
    ],
    [
      'azure-key-vault',
      { 'a.ts': "import '@keyturn/aws';" },
      'a.ts: imports @keyturn/aws; azure-key-vault may import @keyturn/core',
    ],
    [
      'aws-ssm',
      { 'a.ts': "import '@keyturn/aws-secrets-manager';" },
      'a.ts: imports @keyturn/aws-secrets-manager; aws-ssm may import @keyturn/core, @keyturn/aws',
    ],
    [
      'aws',
      { 'a.ts': "import '@keyturn/aws-ssm';" },
      'a.ts: imports @keyturn/aws-ssm; aws may import @keyturn/core',
    ],
    [
      'aws',
      { 'a.ts': "import type { SSMClient } from '@aws-sdk/client-ssm';" },
      'a.ts: imports @aws-sdk/client-ssm; aws depends on nothing outside this workspace',
    ],
    ['file', { 'a.ts': "import 'undici';" }, 'a.ts: imports undici, which package.json does not declare'],
    ['file', { 'a.ts': "import 'fs';" }, 'a.ts: imports fs; write node:fs'],
    [
      'file',
      { 'a.ts': 'const f = (n: string) => import(n);' },
      'a.ts: import() of a computed name: write the name out',
    ],
    [
      'file',
      { 'cli/a.ts': "import '../../core/src/lazy.ts';" },
      "cli/a.ts: imports ../../core/src/lazy.ts, which is no file of this package's src",
    ],
    [
      'keyturn',
      { 'a.ts': "import '@keyturn/vault';" },
      'a.ts: imports @keyturn/vault; keyturn may import @keyturn/core, @keyturn/env, @keyturn/dotenv, @keyturn/file',
    ],
  ])('%s: %o', (folder, sources, expected) => {
    expect(layerProblems(planted(folder, sources))).toEqual([`packages/${folder}/src/${expected}`]);
  });

  it('a circle, even of types only, and through folders', () => {
    const graph = planted('file', {
      'a.ts': "import type { B } from './cli/b.ts';",
      'cli/b.ts': "import './c.ts';",
      'cli/c.ts': "export * from '../a.ts';",
    });
    expect(layerProblems(graph)).toEqual([
      'packages/file/src: files import one another in a circle: a.ts -> cli/b.ts -> cli/c.ts -> a.ts',
    ]);
  });

  it('an import of core that package.json forgot', () => {
    expect(layerProblems(planted('file', { 'a.ts': "import '@keyturn/core';" }, []))).toEqual([
      'packages/file/src/a.ts: imports @keyturn/core, which package.json does not declare',
    ]);
  });

  it.each([
    ['camelCase.ts', lines(20), 'camelCase.ts: the name is not kebab-case'],
    ['Cli/run.ts', lines(20), 'Cli/run.ts: the name is not kebab-case'],
    ['short.ts', lines(19), 'short.ts: 19 lines; at least 20, but for entries and formats'],
    ['long.ts', lines(301), 'long.ts: 301 lines; at most 300'],
  ])('the file %s', (file, source, expected) => {
    expect(fileProblems(planted('file', { [file]: source }))).toEqual([`packages/file/src/${expected}`]);
  });

  it('a name or a kind that differs from the folder', () => {
    const graph = planted('file', { 'index.ts': "export const made = { contract: 1, kind: 'files' };" });
    expect(fileProblems({ ...graph, manifest: { ...graph.manifest, name: '@keyturn/files' } })).toEqual([
      'packages/file/package.json: the name is @keyturn/files; the folder says @keyturn/file',
      'packages/file/src: kind is files; the folder says file',
    ]);
    expect(fileProblems(planted('file', { 'index.ts': '' }))).toEqual([
      'packages/file/src: no object with contract and kind',
    ]);
  });

  it('and nothing in what a provider of AWS shares with the others', () => {
    const sources = {
      'a.ts': "import '@keyturn/core';\nimport '@keyturn/aws';\nimport('@aws-sdk/client-ssm');",
    };
    const graph = planted('aws-ssm', sources, ['@keyturn/core', '@keyturn/aws', '@aws-sdk/client-ssm']);
    expect(layerProblems(graph)).toEqual([]);
  });

  it('and nothing in a clean package', () => {
    const sources = {
      'a-1.ts': `import 'node:fs';\nimport '@keyturn/core';\n${lines(298)}`,
      'cli/b.ts': lines(20),
    };
    const graph = planted('file', { ...sources, 'cli/c.ts': `import '../a-1.ts';\n${lines(20)}` });
    expect([...layerProblems(graph), ...fileProblems(graph)]).toEqual([]);
  });
});

const packages = listPackages();

describe.each(packages)('packages/$folder', (item) => {
  const graph = readPackageGraph(item);

  it('imports only what its floor may', () => {
    expect(graph.modules.length).toBeGreaterThan(0);
    expect(layerProblems(graph)).toEqual([]);
  });

  it('keeps the rules for names and sizes', () => {
    expect(fileProblems(graph)).toEqual([]);
  });
});

it.each(packages.filter(({ folder }) => isProvider(folder)))(
  'provider $folder has its docs page',
  ({ folder }) => {
    const page = `docs/providers/${folder}.md`;
    expect(existsSync(join(root, page)), page).toBe(true);
  },
);

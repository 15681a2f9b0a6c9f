import { isBuiltin } from 'node:module';
import { posix } from 'node:path';
import type { Module, PackageGraph } from './module-graph.ts';

/**
 * The Node modules that core may import: none, so that it runs wherever JavaScript does. A name is added here
 * only with a decision record.
 */
const coreBuiltins: readonly string[] = [];

/** The packages of this workspace that each one may import. A name that is not here is a provider. */
const below: Readonly<Record<string, readonly string[]>> = {
  core: [],
  conformance: ['@keyturn/core'],
  aws: ['@keyturn/core'],
  keyturn: ['@keyturn/core', '@keyturn/env', '@keyturn/dotenv', '@keyturn/file'],
};

/** What a provider may import: core, and what those of its vendor share. */
function belowProvider(folder: string): readonly string[] {
  return folder.startsWith('aws-') ? ['@keyturn/core', '@keyturn/aws'] : ['@keyturn/core'];
}

/** Packages that import nothing from outside this workspace, so that whoever installs them gets nothing else. */
const withoutDependencies: readonly string[] = ['core', 'conformance', 'aws'];

/** The one module that imports what only a run knows: the app's own config file. */
const computedImport = 'keyturn/cli/project.ts';

/** Entries that only hand on, and export formats, which have a file each: they may be shorter than `minLines`. */
const mayBeShort = /(^|\/)(index|bin)\.ts$|^cli\/formats\//;
const minLines = 20;
const maxLines = 300;
const fileName = /^([a-z0-9]+(-[a-z0-9]+)*\/)*[a-z0-9]+(-[a-z0-9]+)*\.ts$/;

/** Every breach of the layers in one package, each naming its file and what is allowed. */
export function layerProblems(graph: PackageGraph): readonly string[] {
  const problems: string[] = [];
  const { folder, modules } = graph;
  for (const module of modules) {
    for (const specifier of module.imports) {
      const problem = importProblem(graph, module, specifier);
      if (problem) problems.push(`packages/${folder}/src/${module.file}: ${problem}`);
    }
  }
  for (const circle of circles(modules)) {
    problems.push(`packages/${folder}/src: files import one another in a circle: ${circle.join(' -> ')}`);
  }
  return problems;
}

/** Every breach of the rules for names and sizes in one package. */
export function fileProblems({ folder, manifest, isProvider, modules }: PackageGraph): readonly string[] {
  const problems: string[] = [];
  const name = folder === 'keyturn' ? 'keyturn' : `@keyturn/${folder}`;
  if (manifest.name !== name) {
    problems.push(`packages/${folder}/package.json: the name is ${manifest.name}; the folder says ${name}`);
  }
  if (!modules.some(({ file }) => file === 'index.ts')) problems.push(`packages/${folder}/src: no index.ts`);
  for (const { file, lines } of modules) {
    const place = `packages/${folder}/src/${file}`;
    if (!fileName.test(file)) problems.push(`${place}: the name is not kebab-case`);
    if (lines > maxLines) problems.push(`${place}: ${lines} lines; at most ${maxLines}`);
    if (lines < minLines && !mayBeShort.test(file)) {
      problems.push(`${place}: ${lines} lines; at least ${minLines}, but for entries and formats`);
    }
  }
  if (isProvider) {
    const kinds = modules.flatMap(({ kinds }) => kinds);
    if (kinds.length === 0) problems.push(`packages/${folder}/src: no object with contract and kind`);
    for (const kind of kinds) {
      if (kind !== folder) {
        problems.push(`packages/${folder}/src: kind is ${kind ?? 'no literal'}; the folder says ${folder}`);
      }
    }
  }
  return problems;
}

function importProblem(
  graph: PackageGraph,
  module: Module,
  specifier: string | undefined,
): string | undefined {
  const { folder, manifest, modules } = graph;
  if (specifier === undefined) {
    if (`${folder}/${module.file}` === computedImport) return undefined;
    return 'import() of a computed name: write the name out';
  }
  if (specifier.startsWith('.')) {
    const target = resolveFile(module, specifier);
    if (modules.some(({ file }) => file === target)) return undefined;
    return `imports ${specifier}, which is no file of this package's src`;
  }
  if (isBuiltin(specifier)) {
    if (!specifier.startsWith('node:')) return `imports ${specifier}; write node:${specifier}`;
    if (folder !== 'core' || coreBuiltins.includes(specifier)) return undefined;
    return `imports ${specifier}; core imports no Node module`;
  }
  const name = packageName(specifier);
  if (name === 'keyturn' || name.startsWith('@keyturn/')) {
    const allowed = below[folder] ?? belowProvider(folder);
    if (!allowed.includes(name)) {
      return `imports ${name}; ${folder} may import ${allowed.join(', ') || 'no other package'}`;
    }
  } else if (withoutDependencies.includes(folder)) {
    return `imports ${name}; ${folder} depends on nothing outside this workspace`;
  }
  const { dependencies, peerDependencies, optionalDependencies } = manifest;
  if (name in { ...dependencies, ...peerDependencies, ...optionalDependencies }) return undefined;
  return `imports ${name}, which package.json does not declare`;
}

function packageName(specifier: string): string {
  const parts = specifier.split('/');
  return parts.slice(0, specifier.startsWith('@') ? 2 : 1).join('/');
}

function resolveFile(module: Module, specifier: string): string {
  return posix.join(posix.dirname(module.file), specifier);
}

/** Each circle once, as the files on it, beginning and ending with the same one. */
function circles(modules: readonly Module[]): readonly (readonly string[])[] {
  const found: string[][] = [];
  const byFile = new Map(modules.map((module) => [module.file, module]));
  const done = new Set<string>();
  const visit = (module: Module, trail: readonly string[]): void => {
    const start = trail.indexOf(module.file);
    if (start >= 0) {
      found.push([...trail.slice(start), module.file]);
      return;
    }
    if (done.has(module.file)) return;
    for (const specifier of module.imports) {
      if (!specifier?.startsWith('.')) continue;
      const next = byFile.get(resolveFile(module, specifier));
      if (next) visit(next, [...trail, module.file]);
    }
    done.add(module.file);
  };
  for (const module of modules) visit(module, []);
  return found;
}

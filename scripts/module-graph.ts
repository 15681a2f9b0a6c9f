import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAst } from 'vitest/node';
import { isProvider, type Manifest, type Package } from './packages.ts';

/** One source file, with what it imports: types too, since a layer that knows another's types depends on it. */
export interface Module {
  /** The path under `src`, such as `cli/run.ts`. */
  readonly file: string;
  readonly lines: number;
  /** As written, each once. `undefined` stands for an `import()` whose target is computed. */
  readonly imports: readonly (string | undefined)[];
  /** The `kind` of each provider object (one with `contract` and `kind`); `undefined` where it is no literal. */
  readonly kinds: readonly (string | undefined)[];
}

/** A package as the rules see it: nothing here is read from the disk by them. */
export interface PackageGraph {
  readonly folder: string;
  readonly manifest: Manifest;
  readonly isProvider: boolean;
  readonly modules: readonly Module[];
}

type Node = Readonly<Record<string, unknown>>;

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function* nodesOf(value: unknown): Generator<Node> {
  if (Array.isArray(value)) {
    for (const item of value) yield* nodesOf(item);
  } else if (isNode(value)) {
    if (typeof value.type === 'string') yield value;
    for (const child of Object.values(value)) yield* nodesOf(child);
  }
}

const importing: ReadonlySet<unknown> = new Set([
  'ImportDeclaration',
  'ExportAllDeclaration',
  'ExportNamedDeclaration',
  'ImportExpression',
  'TSImportType',
]);

function literal(node: unknown): string | undefined {
  if (!isNode(node)) return undefined;
  if (node.type === 'TSAsExpression') return literal(node.expression);
  return typeof node.value === 'string' ? node.value : undefined;
}

function property(object: Node, name: string): Node | undefined {
  if (!Array.isArray(object.properties)) return undefined;
  return object.properties.find((item) => isNode(item) && isNode(item.key) && item.key.name === name);
}

/** Reads one source text. Throws the parser's error where it is not TypeScript. */
export function readModule(file: string, source: string): Module {
  const imports = new Set<string | undefined>();
  const kinds: (string | undefined)[] = [];
  for (const node of nodesOf(parseAst(source, { lang: 'ts', astType: 'ts' }))) {
    if (importing.has(node.type) && isNode(node.source)) imports.add(literal(node.source));
    if (node.type === 'ObjectExpression' && property(node, 'contract')) {
      const kind = property(node, 'kind');
      if (kind) kinds.push(literal(kind.value));
    }
  }
  return { file, lines: source.trimEnd().split('\n').length, imports: [...imports], kinds };
}

/** Reads a package's sources from the disk. */
export function readPackageGraph({ folder, path, manifest }: Package): PackageGraph {
  const src = join(path, 'src');
  const modules = globSync('**/*.ts', { cwd: src })
    .sort()
    .map((file) => readModule(file, readFileSync(join(src, file), 'utf8')));
  return { folder, manifest, isProvider: isProvider(folder), modules };
}

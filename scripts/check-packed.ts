import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core';
import { problemAffectsResolutionKind } from '@arethetypeswrong/core/problems';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { type Packed, packAll, readTarball } from './pack.ts';

/**
 * Checks each package as it would be published, by publint and by "are the types wrong?", and prints every
 * problem. Packages are ESM only, so the types are checked as an ES module and a bundler resolve them: neither
 * from CommonJS nor by the resolution older than `exports`.
 */
const resolutions = ['node16-esm', 'bundler'] as const;

async function publintProblems(tarball: ArrayBuffer): Promise<readonly string[]> {
  const { messages, pkg } = await publint({ pack: { tarball }, strict: true });
  return messages.map((message) => `publint: ${formatMessage(message, pkg, { color: false })}`);
}

async function typeProblems(tarball: ArrayBuffer): Promise<readonly string[]> {
  const result = await checkPackage(createPackageFromTarballData(new Uint8Array(tarball)));
  if (!result.types) return ['types: the package has none'];
  return result.problems
    .filter((problem) => resolutions.some((kind) => problemAffectsResolutionKind(problem, kind, result)))
    .map((problem) => `types: ${JSON.stringify(problem)}`);
}

/** `tsc --build` leaves the output of a deleted source behind, and npm would publish it. */
function strayProblems(tarball: ArrayBuffer): readonly string[] {
  const files = new Set(createPackageFromTarballData(new Uint8Array(tarball)).listFiles());
  const output = /\/dist\/(.+?)\.d\.ts(?:\.map)?$/;
  return [...files].flatMap((file) => {
    const source = file.replace(output, '/src/$1.ts');
    if (source === file || files.has(source)) return [];
    return [`${file} has no source: delete dist and tsconfig.tsbuildinfo, and build again`];
  });
}

async function problemsOf({ manifest, tarball }: Packed): Promise<readonly string[]> {
  const bytes = await readTarball(tarball);
  const all = [strayProblems(bytes), await publintProblems(bytes), await typeProblems(bytes)];
  return all.flat().map((problem) => `${manifest.name}: ${problem}`);
}

const folder = await mkdtemp(join(tmpdir(), 'keyturn-packed-'));
try {
  const packages = await packAll(folder);
  const problems = (await Promise.all(packages.map(problemsOf))).flat();
  for (const problem of problems) console.error(problem);
  console.log(`${packages.length} packages, ${problems.length} problems`);
  if (problems.length > 0) process.exitCode = 1;
} finally {
  await rm(folder, { recursive: true });
}

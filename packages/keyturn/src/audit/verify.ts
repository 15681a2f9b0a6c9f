import { stat } from 'node:fs/promises';
import { basename, dirname, resolve } from 'node:path';
import { ConfigError, type Problem, unknownKeys } from '@keyturn/core';
import { errnoOf, fileRefusal } from '../snapshot-refusal.ts';
import { type OutsideHeads, readHeads, readPublicKeys } from './evidence.ts';
import { asSegmentFile, type SegmentFile, segmentsOf } from './folder.ts';
import type { AuditProblem, AuditVerdict, Verified } from './verdict.ts';
import { linkProblems, missingProblems } from './verify-links.ts';
import { verifySegment } from './verify-segment.ts';

export interface VerifyAuditOptions {
  /** Folders of an audit, or single segments of one. */
  readonly paths: readonly string[];
  /** A file of public keys in PEM: `openssl pkey -in key.pem -pubout` makes one. Several may follow each other. */
  readonly publicKey?: string | undefined;
  /** A file of heads that were kept outside: one JSON object a line. */
  readonly heads?: string | undefined;
  /** Told from time to time how much of all was read. */
  readonly onProgress?: ((readBytes: number, allBytes: number) => void) | undefined;
}

/**
 * Reads an audit file and tells whether it is what was written, as far as keys and heads can tell. Reads line by line:
 * memory does not grow with the file.
 * @throws {ConfigError} for options of the wrong shape, and a path, a key or heads that cannot be read.
 */
export async function verifyAudit(options: VerifyAuditOptions): Promise<AuditVerdict> {
  const wrong = optionProblems(options);
  if (wrong.length > 0) throw new ConfigError(wrong);
  const { paths, publicKey, heads: headsPath, onProgress } = options;
  const keys = publicKey === undefined ? undefined : await readPublicKeys(publicKey);
  const heads = headsPath === undefined ? undefined : await readHeads(headsPath, keys);
  const { files, isWhole } = await filesOf(paths);
  const allBytes = await sizeOf(files);
  let readBytes = 0;
  const onBytes = (bytes: number) => {
    readBytes += bytes;
    onProgress?.(readBytes, allBytes);
  };
  const verified: Verified[] = [];
  for (const file of files) {
    const check = { keys, head: heads?.heads.get(file.segment), now: Date.now(), onBytes };
    verified.push({ file, found: await readable(file.path, verifySegment(file, check)) });
  }
  const segments = verified.map(({ file, found: { end, damage, provenTo, closed, tornBytes } }) => ({
    segment: file.segment,
    file: file.path,
    records: damage ? Math.min(damage.line - 1, end.n) : end.n,
    provenTo,
    closed,
    tornBytes,
  }));
  const problems = [
    ...verified.flatMap(ownProblem),
    ...twinProblems(files),
    ...linkProblems(verified),
    ...(isWhole ? missingProblems(verified, heads, keys !== undefined) : []),
    ...(heads?.problems ?? []),
  ];
  return {
    ok: problems.length === 0,
    signatures: keys !== undefined,
    heads: heads !== undefined,
    records: segments.reduce((sum, { records }) => sum + records, 0),
    segments,
    problems: firstOfEach(problems),
    notes: verified.flatMap((each) => notesOf(each, heads)),
  };
}

function optionProblems(options: VerifyAuditOptions): Problem[] {
  if (typeof options !== 'object' || options === null || !Array.isArray(options.paths)) {
    return [{ place: 'verifyAudit', message: 'names no folder: write { paths: ["folder"] }' }];
  }
  return unknownKeys('verifyAudit', options, ['paths', 'publicKey', 'heads', 'onProgress']);
}

/** The files of what was named, each once, in the order of their opening; whether whole folders are among them. */
export async function filesOf(paths: readonly string[]): Promise<{
  readonly files: readonly SegmentFile[];
  readonly isWhole: boolean;
}> {
  const found = new Map<string, SegmentFile>();
  let isWhole = false;
  for (const path of paths) {
    const isFolder = (await readable(path, stat(path))).isDirectory();
    isWhole ||= isFolder;
    const file = asSegmentFile(path, basename(path));
    const files = isFolder ? await readable(path, segmentsOf(path)) : file ? [file] : [];
    if (files.length === 0) {
      const what = isFolder ? 'holds no segment of an audit file' : 'is no segment of an audit file';
      const message = `${what}: those are named as in 20260801T120000000Z-42-0123456789abcdef.jsonl`;
      throw new ConfigError([{ place: path, message }]);
    }
    for (const each of files) found.set(resolve(each.path), each);
  }
  const files = [...found.values()].sort((a, b) => (a.segment < b.segment ? -1 : 1));
  return { files, isWhole };
}

async function readable<T>(path: string, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (errnoOf(error) === undefined) throw error;
    throw new ConfigError([{ place: '', message: fileRefusal(error, `${path} could not be read`).message }]);
  }
}

export async function sizeOf(files: readonly SegmentFile[]): Promise<number> {
  const sizes = await Promise.all(files.map(({ path }) => readable(path, stat(path))));
  return sizes.reduce((sum, { size }) => sum + size, 0);
}

function ownProblem({ file: { segment, path }, found: { damage } }: Verified): AuditProblem[] {
  return damage ? [{ segment, file: path, ...damage }] : [];
}

/** A writer renames the file of a segment, and never copies it: what both hold would count twice. */
function twinProblems(files: readonly SegmentFile[]): AuditProblem[] {
  const seen = new Map<string, SegmentFile>();
  return files.flatMap(({ segment, path, torn }) => {
    const place = resolve(dirname(path), segment);
    const twin = seen.get(place);
    if (!twin) {
      seen.set(place, { segment, path, torn });
      return [];
    }
    const message = `is there twice, here and in ${basename(twin.path)}: one of them was put in`;
    return [{ segment, file: path, line: 1, what: 'inserted', message }];
  });
}

/** In the order of the segments: of one, what it shows by itself comes first. */
function firstOfEach(problems: readonly AuditProblem[]): readonly AuditProblem[] {
  const first = new Map<string, AuditProblem>();
  for (const problem of problems) if (!first.has(problem.segment)) first.set(problem.segment, problem);
  return [...first.values()].sort((a, b) => (a.segment < b.segment ? -1 : 1));
}

function notesOf({ file, found }: Verified, heads: OutsideHeads | undefined): string[] {
  const { end, tornBytes, future } = found;
  const notes: string[] = [];
  if (end.n === 0 && tornBytes === 0 && !found.damage) {
    notes.push(`${file.path} is empty: a writer that is stopped as it begins leaves that, and so does a cut`);
  }
  if (future !== undefined) {
    notes.push(`${file.path}:${future}: is dated later than now: a clock was, or is, wrong`);
  }
  if (heads?.removed.has(file.segment)) notes.push(`${file.path} is here, and was recorded as removed`);
  return notes;
}

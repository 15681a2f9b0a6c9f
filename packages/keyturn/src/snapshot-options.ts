import { dirname, resolve } from 'node:path';
import {
  ConfigError,
  DURATION_FORM,
  type Duration,
  type Problem,
  parseDuration,
  unknownKeys,
} from '@keyturn/core';
import { BESIDE, fixedSource, isPath, type KeySource, keyProblems } from './key.ts';

export interface SnapshotOptions {
  /** The file, in a folder that exists. A relative path starts at the working folder. */
  readonly file: string;
  /** The key of 32 bytes that encrypts it: `{ env }`, `{ file }` or a function. Never in the folder of the snapshot. */
  readonly key: KeySource;
  /** The age from which on a value is not used. @default 24 h */
  readonly maxAge?: Duration | undefined;
}

export interface SnapshotSettings {
  /** Absolute. */
  readonly file: string;
  readonly key: KeySource;
  readonly maxAgeMs: number;
}

const DEFAULT_MAX_AGE_MS = 86_400_000;

/** The options, checked. @throws {ConfigError} with everything that is wrong. */
export function readSnapshotOptions(options: SnapshotOptions): SnapshotSettings {
  const problems = optionProblems(options);
  if (problems.length > 0) throw new ConfigError(problems);
  const { key, maxAge } = options;
  return {
    file: resolve(options.file),
    key: fixedSource(key),
    maxAgeMs: parseDuration(maxAge) ?? DEFAULT_MAX_AGE_MS,
  };
}

function optionProblems(options: unknown): Problem[] {
  if (!isRecord(options)) {
    return [
      { place: 'snapshot', message: 'options are missing: write { file: "path", key: { env: "NAME" } }' },
    ];
  }
  const problems = unknownKeys('snapshot', options, ['file', 'key', 'maxAge']);
  const { file, key, maxAge } = options;
  if (!isPath(file)) {
    problems.push({ place: 'snapshot.file', message: 'is no path: name the file' });
  } else if (/[/\\]$/.test(file)) {
    problems.push({ place: 'snapshot.file', message: 'ends as a folder does: name a file in it' });
  }
  problems.push(...keyProblems(key, 'snapshot.key'));
  if (isBeside(key, file)) problems.push({ place: 'snapshot.key.file', message: BESIDE });
  const maxAgeMs = parseDuration(maxAge);
  if (maxAge !== undefined && maxAgeMs === undefined) {
    problems.push({ place: 'snapshot.maxAge', message: `is no duration: ${DURATION_FORM}` });
  } else if (maxAgeMs === 0) {
    problems.push({
      place: 'snapshot.maxAge',
      message: 'has to be more than 0; without the option there is no snapshot',
    });
  }
  return problems;
}

function isBeside(key: unknown, file: unknown): boolean {
  if (!isRecord(key) || !isPath(key.file) || !isPath(file)) return false;
  return dirname(resolve(key.file)) === dirname(resolve(file));
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

import { dirname, resolve } from 'node:path';
import {
  ConfigError,
  DURATION_FORM,
  type Duration,
  type Problem,
  parseDuration,
  unknownKeys,
} from '@keyturn/core';
import { BESIDE, type SnapshotKey } from './snapshot-key.ts';

export interface SnapshotOptions {
  /** The file, in a folder that exists. A relative path starts at the working folder. */
  readonly file: string;
  /** The key of 32 bytes that encrypts it: `{ env }`, `{ file }` or a function. Never in the folder of the snapshot. */
  readonly key: SnapshotKey;
  /** The age from which on a value is not used. @default 24 h */
  readonly maxAge?: Duration | undefined;
}

export interface SnapshotSettings {
  /** Absolute. */
  readonly file: string;
  readonly key: SnapshotKey;
  readonly maxAgeMs: number;
}

const DEFAULT_MAX_AGE_MS = 86_400_000;
const KEY_FORM = 'write { env: "NAME" }, { file: "path" } or a function that gives 32 bytes';

/** The options, checked. @throws {ConfigError} with everything that is wrong. */
export function readSnapshotOptions(options: SnapshotOptions): SnapshotSettings {
  const problems = optionProblems(options);
  if (problems.length > 0) throw new ConfigError(problems);
  const { key, maxAge } = options;
  return {
    file: resolve(options.file),
    // The working folder may be another by the time of reading.
    key: 'file' in key ? { file: resolve(key.file) } : key,
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
  problems.push(...keyProblems(key, file));
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

function keyProblems(key: unknown, file: unknown): Problem[] {
  const place = 'snapshot.key';
  if (typeof key === 'function') return [];
  if (key === undefined) return [{ place, message: `is missing: ${KEY_FORM}` }];
  // A key that is written down in the config is no key, and is not shown.
  if (!isRecord(key)) return [{ place, message: `is no source of a key: ${KEY_FORM}` }];
  const { env, file: keyFile } = key;
  if (Object.keys(key).length !== 1 || (env === undefined && keyFile === undefined)) {
    return [{ place, message: `has to have one of env and file, and nothing else: ${KEY_FORM}` }];
  }
  if (keyFile === undefined) {
    if (typeof env === 'string' && env !== '' && !/[=\0]/.test(env)) return [];
    return [{ place: `${place}.env`, message: 'is no name of a variable' }];
  }
  if (!isPath(keyFile)) return [{ place: `${place}.file`, message: 'is no path: name the file' }];
  if (!isPath(file) || dirname(resolve(keyFile)) !== dirname(resolve(file))) return [];
  return [{ place: `${place}.file`, message: BESIDE }];
}

function isPath(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && !value.includes('\0');
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

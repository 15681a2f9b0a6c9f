import { dirname, relative, resolve } from 'node:path';
import {
  ConfigError,
  DURATION_FORM,
  type Duration,
  type Problem,
  parseDuration,
  unknownKeys,
} from '@keyturn/core';
import { fixedSource, isPath, type KeySource, keyProblems } from '../key.ts';
import type { HeadsTarget } from './heads.ts';
import type { Keep } from './housekeeping.ts';

export interface AuditFileOptions {
  /** The folder of the segments; the folder above it exists. A relative path starts at the working folder. */
  readonly path: string;
  /** The Ed25519 private key that signs heads. Without one, only accidental damage shows. Never in `path`. */
  readonly signingKey?: KeySource | undefined;
  /** Where signed heads go as well: a file outside `path`, or a function that ships them. Needs `signingKey`. */
  readonly heads?: HeadsTarget | undefined;
  /** The longest that a record waits for a signed head. @default 1 m */
  readonly headEvery?: Duration | undefined;
  /**
   * When the disk has to have what was written: before a value is handed out (`always`), within a second
   * (`interval`), or when the system sees fit (`never`). Only a power failure tells the three apart. @default 'interval'
   */
  readonly fsync?: 'always' | 'interval' | 'never' | undefined;
  /** Bytes from which on a segment is followed by another. @default 64 MiB */
  readonly maxBytes?: number | undefined;
  /** The age from which on a segment is followed by another, when it is next written to. @default 1 d */
  readonly maxAge?: Duration | undefined;
  /** What stays: a number of segments, or text such as `'365d'` since the last write. @default everything */
  readonly keep?: number | string | undefined;
  /** `refuse`: no value is handed out that is not on the record. @default 'warn' */
  readonly onFailure?: 'warn' | 'refuse' | undefined;
}

export interface AuditFileSettings {
  /** Absolute, as are the other paths. */
  readonly folder: string;
  readonly signingKey: KeySource | undefined;
  readonly heads: HeadsTarget | undefined;
  readonly headEveryMs: number;
  readonly fsync: 'always' | 'interval' | 'never';
  readonly maxBytes: number;
  readonly maxAgeMs: number;
  readonly keep: Keep | undefined;
  readonly onFailure: 'warn' | 'refuse';
}

const FSYNC = ['always', 'interval', 'never'] as const;
const ON_FAILURE = ['warn', 'refuse'] as const;
const KEYS = ['path', 'signingKey', 'heads', 'headEvery', 'fsync', 'maxBytes', 'maxAge', 'keep', 'onFailure'];
const KEY_FORM = 'write { env: "NAME" }, { file: "path" } or a function that gives the key';
const INSIDE =
  'lies in the folder of the audit, so whoever can change the one can change the other: keep it elsewhere';

/** The options, checked. @throws {ConfigError} with everything that is wrong. */
export function readAuditFileOptions(options: AuditFileOptions): AuditFileSettings {
  const problems = optionProblems(options);
  if (problems.length > 0) throw new ConfigError(problems);
  const { path, signingKey, heads, keep } = options;
  return {
    folder: resolve(path),
    signingKey: signingKey && fixedSource(signingKey),
    heads: typeof heads === 'string' ? resolve(heads) : heads,
    headEveryMs: parseDuration(options.headEvery) ?? 60_000,
    fsync: options.fsync ?? 'interval',
    maxBytes: options.maxBytes ?? 64 * 1_048_576,
    maxAgeMs: parseDuration(options.maxAge) ?? 86_400_000,
    keep: typeof keep === 'number' ? { segments: keep } : keepMs(parseDuration(keep)),
    onFailure: options.onFailure ?? 'warn',
  };
}

function keepMs(ms: number | undefined): Keep | undefined {
  return ms === undefined ? undefined : { ms };
}

function optionProblems(options: unknown): Problem[] {
  if (!isRecord(options)) {
    return [{ place: 'auditFile', message: 'options are missing: write { path: "folder" }' }];
  }
  const problems = unknownKeys('auditFile', options, KEYS);
  const add = (key: string, message: string) => problems.push({ place: `auditFile.${key}`, message });
  const { path, signingKey, heads, fsync, maxBytes, keep, onFailure } = options;
  if (!isPath(path)) add('path', 'is no path: name the folder');
  problems.push(...signingKeyProblems(signingKey, path), ...headsProblems(heads, signingKey, path));
  for (const key of ['headEvery', 'maxAge']) {
    const ms = parseDuration(options[key]);
    if (options[key] !== undefined && ms === undefined) add(key, `is no duration: ${DURATION_FORM}`);
    if (ms === 0) add(key, 'has to be more than 0');
  }
  if (!isOneOf(fsync, FSYNC)) add('fsync', `is one of ${FSYNC.join(', ')}`);
  if (!isOneOf(onFailure, ON_FAILURE)) add('onFailure', `is one of ${ON_FAILURE.join(', ')}`);
  if (maxBytes !== undefined && !isWhole(maxBytes)) add('maxBytes', 'is a whole number of bytes from 1 on');
  const keepIsRight = typeof keep === 'number' ? isWhole(keep) : (parseDuration(keep) ?? 0) > 0;
  if (keep !== undefined && !keepIsRight) {
    add('keep', 'is a whole number of segments from 1 on, or text such as "365d"');
  }
  return problems;
}

function signingKeyProblems(key: unknown, path: unknown): Problem[] {
  const place = 'auditFile.signingKey';
  if (key === undefined) return [];
  const problems = keyProblems(key, place, KEY_FORM);
  const isBeside = problems.length === 0 && isRecord(key) && isPath(key.file) && isInside(key.file, path);
  return isBeside ? [{ place: `${place}.file`, message: INSIDE }] : problems;
}

function headsProblems(heads: unknown, key: unknown, path: unknown): Problem[] {
  const place = 'auditFile.heads';
  if (heads === undefined) return [];
  if (key === undefined) return [{ place, message: 'needs a signingKey: heads are what it signs' }];
  if (typeof heads === 'function') return [];
  if (!isPath(heads))
    return [{ place, message: 'is no path and no function: name a file, or give a function' }];
  return isInside(heads, path) ? [{ place, message: INSIDE }] : [];
}

function isInside(file: string, folder: unknown): boolean {
  return isPath(folder) && relative(resolve(folder), dirname(resolve(file))) === '';
}

function isOneOf(value: unknown, choices: readonly string[]): boolean {
  return value === undefined || (typeof value === 'string' && choices.includes(value));
}

function isWhole(value: unknown): boolean {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 1;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

import {
  ConfigError,
  type Detailed,
  type Entry,
  type Failure,
  type Manifest,
  ResolveError,
  type ResolveOptions,
  Secret,
  type StandardSchema,
} from '@keyturn/core';
import { badName } from './formats/format.ts';
import type { Entry as NamedText } from './formats/index.ts';
import type { Project } from './project.ts';

/**
 * The same manifest, whose conversions still judge a value but hand on what they were given: `run`, `export` and
 * `get` give the stored text, not `String()` of a converted value.
 */
export function storedManifest(manifest: Readonly<Record<string, Entry>>): Manifest {
  return Object.fromEntries(
    Object.entries(manifest).map(([name, entry]) => [
      name,
      entry.as ? { ...entry, as: judging(entry.as) } : entry,
    ]),
  );
}

/** What a resolved entry of a stored manifest holds; undefined where it is absent. */
export function storedValue({ value, source }: Detailed<unknown>): string | Uint8Array | undefined {
  const plain = value instanceof Secret ? value.reveal() : value;
  if (plain === undefined || typeof plain === 'string' || plain instanceof Uint8Array) return plain;
  return source === 'default' ? textOfDefault(plain) : JSON.stringify(plain);
}

/** A secret as text, and the store's name for its version, where it has one. */
export interface StoredText extends NamedText {
  readonly version: string | undefined;
}

/**
 * Resolves all secrets of a project to text.
 * @throws {ResolveError} also for a value whose bytes are not text.
 * @throws the signal's reason, when that aborts.
 */
export async function resolveTexts(
  { resolver, manifest, context }: Project,
  options?: ResolveOptions,
): Promise<StoredText[]> {
  const { values, failures } = await resolver.resolveSettled(storedManifest(manifest), {
    ...context,
    ...options,
  });
  const binary: Failure[] = [];
  const texts = Object.entries(values).flatMap(([name, detailed]): StoredText[] => {
    const value = storedValue(detailed);
    if (value === undefined) return [];
    const text = typeof value === 'string' ? value : decodeText(value);
    if (text !== undefined) return [{ name, value: text, version: detailed.version }];
    binary.push({
      name,
      reference: detailed.reference,
      code: 'InvalidValue',
      message: 'holds bytes that are not UTF-8 text, which neither run nor export can hand over',
      hint: 'Store it as base64 text.',
    });
    return [];
  });
  if (failures.length + binary.length > 0) throw new ResolveError([...failures, ...binary]);
  return texts;
}

/** @throws {ConfigError} for names that cannot be environment variables; before any call. */
export function checkVariableNames(names: Iterable<string>): void {
  const problems = [...names].flatMap((name) => {
    const message = badName(name);
    return message === false ? [] : [{ place: `secrets.${name}`, message }];
  });
  if (problems.length > 0) throw new ConfigError(problems);
}

function judging(schema: StandardSchema): StandardSchema {
  const standard = schema['~standard'];
  return {
    // Keeps what a conversion of ours says it takes.
    ...schema,
    '~standard': {
      ...standard,
      async validate(value) {
        const result = await standard.validate(value);
        return result.issues === undefined ? { value } : result;
      },
    },
  };
}

/** A default is a converted value, so its text is ours to choose: a list as `as.list()` reads it. */
function textOfDefault(value: unknown): string {
  if (Array.isArray(value) && value.every((item) => typeof item !== 'object')) return value.join(',');
  return typeof value === 'object' && !(value instanceof URL) ? JSON.stringify(value) : String(value);
}

/** The text that bytes stand for; undefined when they are not UTF-8. */
export function decodeText(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

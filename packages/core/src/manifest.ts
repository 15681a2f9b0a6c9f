import { type FreshnessOptions, freshnessProblems } from './cache-settings.ts';
import { ConfigError, type Problem } from './errors.ts';
import { unknownKeys } from './nearest.ts';
import type { ErrorCode, SecretMetadata } from './provider.ts';
import { type SecretRotation, secretRotationProblems } from './rotation-policy.ts';
import type { SchemaOutput, StandardSchema } from './schema.ts';
import type { Secret } from './secret.ts';

/** How one secret is converted and what stands in for it when it is absent. */
export interface EntryOptions {
  /** A conversion (`as.integer()`) or any Standard Schema (Zod, Valibot, ArkType). @default the text */
  readonly as?: StandardSchema;
  /**
   * The converted value to use when the secret is absent. For a sensitive secret only where the environment says
   * `allowDefaults: true`; elsewhere absence is NotFound.
   */
  readonly default?: unknown;
  /** Absence gives `undefined`, not NotFound. @default false */
  readonly optional?: boolean;
  /** `false`: no secret, so the plain value instead of a `Secret`. @default true */
  readonly sensitive?: boolean;
  /** An empty value is a value. Otherwise it is InvalidValue, or absence where that is allowed. @default false */
  readonly allowEmpty?: boolean;
  /** How long what was read is served again; `false`: not at all. @default what the resolver's `cache` says */
  readonly cache?: false | FreshnessOptions | undefined;
  /** How old its value may grow, before what the resolver's `rotation` says. */
  readonly rotation?: SecretRotation | undefined;
  /** Given only to who says why: without a `reason` it is Refused, before any call. @default false */
  readonly requireReason?: boolean;
  /** For people: what it is for. */
  readonly description?: string;
}

/** One name of a manifest. */
export interface Entry extends EntryOptions {
  /** `name://path?param=value#field` */
  readonly ref: string;
}

/** The names that an app needs, each with a reference or an entry. */
export type Manifest = Readonly<Record<string, string | Entry>>;

type Converted<E> = E extends { readonly as: infer S } ? SchemaOutput<S> : string;
type Absence<E> = E extends { readonly default: unknown }
  ? never
  : E extends { readonly optional: true }
    ? undefined
    : never;

/** What an entry resolves to: `Secret<T>`, plain `T` where `sensitive: false`, or `undefined` where optional. */
export type Resolved<E> =
  | (E extends { readonly sensitive: false } ? Converted<E> : Secret<Converted<E>>)
  | Absence<E>;

/** What a manifest resolves to. */
export type ResolvedManifest<M> = { readonly [Name in keyof M]: Resolved<M[Name]> };

/** Turns a default of the wrong type into a compile error at that default. */
export type CheckedEntry<E> = E extends { readonly default: infer D }
  ? D extends Converted<E>
    ? E
    : Omit<E, 'default'> & { readonly default: Converted<E> }
  : E;

/** @see CheckedEntry */
export type CheckedManifest<M> = { readonly [Name in keyof M]: CheckedEntry<M[Name]> };

/**
 * Where a value came from: read from the store, the cache while it was fresh, the cache past its ttl, the
 * snapshot, the default of its entry, or nowhere.
 */
export type Source = 'store' | 'cache' | 'stale' | 'snapshot' | 'default' | 'absent';

/** A resolved value with what is known about it. */
export interface Detailed<T> extends SecretMetadata {
  readonly value: T;
  readonly source: Source;
  readonly reference: string;
  /** The user's name for the provider. */
  readonly provider: string;
  /** The kind of store that answered. */
  readonly kind: string;
}

/** What `resolveWithMetadata` gives for a manifest. */
export type DetailedManifest<M> = { readonly [Name in keyof M]: Detailed<Resolved<M[Name]>> };

export const ENTRY_OPTIONS = [
  'ref',
  'as',
  'default',
  'optional',
  'sensitive',
  'allowEmpty',
  'cache',
  'rotation',
  'requireReason',
  'description',
];
const FLAGS = ['optional', 'sensitive', 'allowEmpty', 'requireReason'];

/** The entries of a manifest as pairs. @throws {ConfigError} for every entry that is none, all at once. */
export function readManifest(manifest: Manifest): [name: string, entry: Entry][] {
  if (typeof manifest !== 'object' || manifest === null || Array.isArray(manifest)) {
    throw new ConfigError([{ place: '', message: 'a manifest is an object from name to reference' }]);
  }
  const pairs = Object.entries(manifest).map(([name, entry]): [string, Entry] => [
    name,
    typeof entry === 'string' ? { ref: entry } : entry,
  ]);
  const problems: Problem[] = pairs.flatMap(([name, entry]) => entryProblems(name, entry));
  if (pairs.length === 0) {
    problems.push({ place: '', message: 'the manifest is empty: name at least one secret' });
  }

  const folded = new Map<string, string>();
  for (const [name] of pairs) {
    const twin = folded.get(name.toLowerCase());
    if (twin !== undefined) {
      problems.push({
        place: name,
        message: `"${name}" and "${twin}" differ only in case, which Windows does not tell apart: rename one`,
      });
    }
    folded.set(name.toLowerCase(), name);
  }
  if (problems.length > 0) throw new ConfigError(problems);
  return pairs;
}

function entryProblems(place: string, entry: unknown): Problem[] {
  if (typeof entry !== 'object' || entry === null || Array.isArray(entry)) {
    return [{ place, message: 'is neither a reference nor an entry: write a string or { ref: … }' }];
  }
  const problems = unknownKeys(place, entry, ENTRY_OPTIONS);
  if (!('ref' in entry)) problems.push({ place, message: 'has no ref: write { ref: "name://path" }' });
  if ('as' in entry && entry.as !== undefined && !isSchema(entry.as)) {
    problems.push({
      place: `${place}.as`,
      message: 'is no Standard Schema: write as.integer(), or a schema of Zod, Valibot or ArkType',
    });
  }
  for (const [key, value] of Object.entries(entry)) {
    if (key === 'cache') problems.push(...freshnessProblems(value, `${place}.cache`));
    if (key === 'rotation') problems.push(...secretRotationProblems(value, `${place}.rotation`));
    if (FLAGS.includes(key) && value !== undefined && typeof value !== 'boolean') {
      problems.push({ place: `${place}.${key}`, message: 'is neither true nor false' });
    }
    if (key === 'description' && value !== undefined && typeof value !== 'string') {
      problems.push({ place: `${place}.description`, message: 'is no string' });
    }
  }
  return problems;
}

function isSchema(value: unknown): boolean {
  return (
    ((typeof value === 'object' && value !== null) || typeof value === 'function') && '~standard' in value
  );
}

/** Whether absence is an answer for this entry; a default counts only where it is allowed. */
export function absenceOf(entry: Entry, allowDefaults: boolean): Source | ErrorCode {
  if (Object.hasOwn(entry, 'default')) {
    return entry.sensitive === false || allowDefaults ? 'default' : 'NotFound';
  }
  return entry.optional ? 'absent' : 'NotFound';
}

import { ConfigError } from './errors.ts';
import { chainOf, type ProviderSource } from './first-of.ts';
import type { Provider } from './provider.ts';
import { type Automaton, createAutomaton } from './redactor-automaton.ts';
import { formsOf } from './redactor-forms.ts';
import { concatenate, type RedactorStream, redactStream } from './redactor-stream.ts';
import { isSameValue } from './value.ts';

/** Masks known values in any output. Made by `createRedactor`. */
export interface Redactor {
  /** The text with every value masked. Text that holds none comes back as it is. */
  redact(text: string): string;
  /** A redactor for one byte stream. */
  stream(): RedactorStream;
  /**
   * Masks these too from here on, in streams that run as well. A resolver calls it with each version of a secret.
   * @param source what they are versions of, such as a reference: the ten newest of one source are masked, so that
   * rotations do not fill the memory. Without it they are masked for as long as the redactor lives.
   */
  add(values: Iterable<string | Uint8Array>, source?: string): void;
}

type Version = readonly (string | Uint8Array)[];

/** Of one source. A value that was replaced this many times ago is of no use to whoever reads it. */
const KEPT_VERSIONS = 10;

/**
 * Makes a redactor that writes `[secret]` for each value it knows: those given here, those that are added, and, as the
 * option `redactor` of a resolver or a config, all sensitive values that are resolved. docs/redaction.md names the
 * encodings in which a value is found, and which values are too short to be masked.
 *
 * Values that overlap in the output are masked together, so no part of either stays. Time is linear in the output.
 * @throws {ConfigError} for a value that is neither text nor bytes; so does `add`.
 * @example
 * const redactor = createRedactor();
 * const resolver = createResolver({ providers, redactor });
 * const logger = pino({ hooks: { streamWrite: redactor.redact } });
 */
export function createRedactor(values: Iterable<string | Uint8Array> = []): Redactor {
  const versions = new Map<string | undefined, Version[]>();
  /** Made at the first use after a change: many values are added at a time. */
  let automaton: Automaton | undefined;

  function newestAutomaton(): Automaton {
    // Several sources may have the same value.
    automaton ??= createAutomaton(
      [...new Set([...versions.values()].flat(2))].flatMap((value) => [...formsOf(value)]),
    );
    return automaton;
  }

  function add(values: Iterable<string | Uint8Array>, source?: string): void {
    const version = readVersion(values);
    const known = versions.get(source) ?? [];
    const at = known.findIndex((other) => isSameVersion(version, other));
    if (at < 0) automaton = undefined;
    // What is in use again is the newest again.
    const others = known.filter((_, index) => index !== at);
    versions.set(source, [...others, version].slice(source === undefined ? 0 : -KEPT_VERSIONS));
  }

  add(values);
  return {
    redact(text) {
      const stream = redactStream(newestAutomaton());
      const bytes = new TextEncoder().encode(text);
      const masked = concatenate([stream.write(bytes), stream.end()]);
      const unchanged = masked.length === bytes.length && masked.every((byte, at) => byte === bytes[at]);
      return unchanged ? text : new TextDecoder('utf-8', { ignoreBOM: true }).decode(masked);
    },
    stream() {
      const inner = redactStream(newestAutomaton());
      return {
        write(chunk) {
          inner.follow(newestAutomaton());
          return inner.write(chunk);
        },
        end: () => inner.end(),
      };
    },
    add,
  };
}

const ids = new WeakMap<Provider, string>();

function idOf(provider: Provider): string {
  const id = ids.get(provider) ?? crypto.randomUUID();
  ids.set(provider, id);
  return id;
}

/**
 * The redactor for a resolver of these providers: another may have the same references for other stores. Those of the
 * same stores, such as each `load()` of a config makes one, count as one, so that they do not fill the memory.
 */
export function ofProviders(
  redactor: Pick<Redactor, 'add'>,
  providers: Readonly<Record<string, ProviderSource>>,
): Pick<Redactor, 'add'> {
  const stores = Object.entries(providers).map(([name, source]) => [name, ...chainOf(source).legs.map(idOf)]);
  const prefix = JSON.stringify(stores);
  return { add: (values, reference) => redactor.add(values, `${prefix} ${reference}`) };
}

/** A copy: whoever gave bytes may clear them after use. */
function readVersion(values: Iterable<unknown>): Version {
  if (typeof values === 'string' || values instanceof Uint8Array || !(Symbol.iterator in Object(values))) {
    throw new ConfigError([{ place: 'values', message: 'is no list of values: write [value]' }]);
  }
  return Array.from(values, (value, index) => {
    if (typeof value === 'string') return value;
    if (value instanceof Uint8Array) return new Uint8Array(value);
    const message = 'is neither text nor bytes: of a Secret, give reveal()';
    throw new ConfigError([{ place: `values[${index}]`, message }]);
  });
}

function isSameVersion(a: Version, b: Version): boolean {
  return a.length === b.length && a.every((value, index) => isSameValue(value, b[index]));
}

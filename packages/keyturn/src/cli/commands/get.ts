import { as, ConfigError, type Entry, ResolveError, suggestion } from '@keyturn/core';
import { print, printJson } from '../output.ts';
import { type CommonOptions, openProject, usage } from '../project.ts';
import { decodeText, storedManifest, storedValue } from '../stored-text.ts';

export interface GetOptions extends CommonOptions {
  readonly reveal?: boolean;
}

/** One secret, by its name in the config or by a bare reference: masked, or alone with `--reveal`. */
export async function get(subject: string, options: GetOptions): Promise<number> {
  const { resolver, manifest, context } = await openProject(options);
  await using _ = resolver;
  const wanted = { [subject]: entryOf(subject, manifest) };
  // A bare reference has not been checked with the config's own: what is wrong with it is wrong usage. It is not
  // repeated: it may be a connection URL.
  usage(
    () => '',
    () => resolver.plan(wanted),
  );
  const { values, failures } = await resolver.resolveSettled(storedManifest(wanted), context);
  const detailed = values[subject];
  if (detailed === undefined) throw new ResolveError(failures);

  // Only what is shown is revealed: the audit may record it.
  if (options.json) {
    const { value: _, ...known } = detailed;
    const shown = options.reveal && { value: jsonValue(storedValue(detailed)) };
    printJson({ name: subject, ok: true, ...known, ...shown });
  } else if (options.reveal) {
    const value = storedValue(detailed);
    if (value !== undefined) process.stdout.write(value);
    if (process.stdout.isTTY) process.stdout.write('\n');
  } else {
    const shown = detailed.value === undefined ? 'absent' : '[secret]';
    print(`${subject}  ${shown}  ${detailed.reference}  (${detailed.kind}, ${detailed.source})`);
  }
  return 0;
}

function entryOf(subject: string, manifest: Readonly<Record<string, Entry>>): Entry {
  const entry = Object.hasOwn(manifest, subject) ? manifest[subject] : undefined;
  if (entry) return entry;
  if (subject.includes('://')) return { ref: subject, allowEmpty: true, as: as.bytes() };
  const message = `the config has no such secret ${suggestion(subject, Object.keys(manifest))}`;
  throw new ConfigError([{ place: subject, message }]);
}

/** Text as a string; bytes that are not text as base64, said so. */
function jsonValue(value: string | Uint8Array | undefined): unknown {
  if (value === undefined) return null;
  if (typeof value === 'string') return value;
  return decodeText(value) ?? { base64: Buffer.from(value).toString('base64') };
}

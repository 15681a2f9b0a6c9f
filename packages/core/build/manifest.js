import { ConfigError } from './errors.js';
import { suggestion } from './nearest.js';
const ENTRY_OPTIONS = ['ref', 'as', 'default', 'optional', 'sensitive', 'allowEmpty', 'description'];
const FLAGS = ['optional', 'sensitive', 'allowEmpty'];
/** The entries of a manifest as pairs. @throws {ConfigError} for every entry that is none, all at once. */
export function readManifest(manifest) {
    if (typeof manifest !== 'object' || manifest === null || Array.isArray(manifest)) {
        throw new ConfigError([{ place: '', message: 'a manifest is an object from name to reference' }]);
    }
    const pairs = Object.entries(manifest).map(([name, entry]) => [
        name,
        typeof entry === 'string' ? { ref: entry } : entry,
    ]);
    const problems = pairs.flatMap(([name, entry]) => entryProblems(name, entry));
    if (pairs.length === 0) {
        problems.push({ place: '', message: 'the manifest is empty: name at least one secret' });
    }
    const folded = new Map();
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
    if (problems.length > 0)
        throw new ConfigError(problems);
    return pairs;
}
function entryProblems(place, entry) {
    if (typeof entry !== 'object' || entry === null || Array.isArray(entry)) {
        return [{ place, message: 'is neither a reference nor an entry: write a string or { ref: … }' }];
    }
    const problems = unknownKeys(place, entry, ENTRY_OPTIONS);
    if (!('ref' in entry))
        problems.push({ place, message: 'has no ref: write { ref: "name://path" }' });
    if ('as' in entry && entry.as !== undefined && !isSchema(entry.as)) {
        problems.push({
            place: `${place}.as`,
            message: 'is no Standard Schema: write as.integer(), or a schema of Zod, Valibot or ArkType',
        });
    }
    for (const [key, value] of Object.entries(entry)) {
        if (FLAGS.includes(key) && value !== undefined && typeof value !== 'boolean') {
            problems.push({ place: `${place}.${key}`, message: 'is neither true nor false' });
        }
    }
    return problems;
}
/** One problem for each key of `object` that is not in `known`. */
export function unknownKeys(place, object, known) {
    return Object.keys(object)
        .filter((key) => !known.includes(key))
        .map((key) => ({
        place: place ? `${place}.${key}` : key,
        message: `unknown key ${suggestion(key, known)}`,
    }));
}
function isSchema(value) {
    return (((typeof value === 'object' && value !== null) || typeof value === 'function') && '~standard' in value);
}
/** Whether absence is an answer for this entry; a default counts only where it is allowed. */
export function absenceOf(entry, allowDefaults) {
    if (Object.hasOwn(entry, 'default')) {
        return entry.sensitive === false || allowDefaults ? 'default' : 'NotFound';
    }
    return entry.optional ? 'absent' : 'NotFound';
}
//# sourceMappingURL=manifest.js.map
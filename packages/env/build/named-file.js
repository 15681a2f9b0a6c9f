import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
const LIMIT = 1024 * 1024;
/** A path with one of these leads nowhere, and may be no path at all. */
const LEADS_NOWHERE = new Set(['ENOENT', 'ENOTDIR', 'ENAMETOOLONG', 'ELOOP', 'ERR_INVALID_ARG_VALUE']);
const DENIED = new Set(['EACCES', 'EPERM']);
/**
 * Reads the file that `variable` names by `path`: UTF-8 text of at most 1 MiB, less one trailing newline.
 *
 * A path that leads nowhere is not repeated in the message: it may be a secret, put into `NAME_FILE` by
 * mistake instead of `NAME`.
 */
export async function readNamedFile(variable, path) {
    let bytes;
    try {
        bytes = await readRegularFile(path);
    }
    catch (error) {
        const errno = error instanceof Error && 'code' in error ? String(error.code) : undefined;
        if (errno === undefined)
            throw error;
        if (LEADS_NOWHERE.has(errno)) {
            return failed('Misconfigured', `${variable} must be the path of a file: what it holds leads to none`);
        }
        return DENIED.has(errno)
            ? failed('Misconfigured', `${variable} names ${path}, which this user may not read`)
            : failed('Unavailable', `${variable} names ${path}, which cannot be read now: ${errno}`);
    }
    if (bytes === undefined) {
        return failed('Misconfigured', `${variable} names ${path}, which is not a regular file`);
    }
    if (bytes.length > LIMIT) {
        return failed('InvalidValue', `${variable} names ${path}, which holds more than 1 MiB`);
    }
    try {
        const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
        return { ok: true, value: { value: text.replace(/\r?\n$/, '') } };
    }
    catch {
        return failed('InvalidValue', `${variable} names ${path}, which is not UTF-8 text`);
    }
}
/** At most one byte more than the limit; undefined when the path is a folder, a pipe or a device. */
async function readRegularFile(path) {
    // Without O_NONBLOCK, opening a pipe waits for its writer.
    const handle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
        const stats = await handle.stat();
        if (!stats.isFile())
            return undefined;
        const chunks = [];
        for await (const chunk of handle.createReadStream({ end: LIMIT, autoClose: false }))
            chunks.push(chunk);
        return Buffer.concat(chunks);
    }
    finally {
        await handle.close();
    }
}
function failed(code, message) {
    return { ok: false, code, message };
}
//# sourceMappingURL=named-file.js.map
import { isUtf8 } from 'node:buffer';
import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { failed } from './errno.js';
const LIMIT = 1024 * 1024;
const LF = 0x0a;
const CR = 0x0d;
/** Reads a file of at most 1 MiB; `shown` names it in messages. Throws what the file system throws. */
export function readValue(place, shown, trimNewline) {
    return withFile(place, shown, async (handle, stats) => {
        const bytes = await readAtMost(handle, stats.size, LIMIT + 1);
        if (bytes.length > LIMIT)
            return failed('InvalidValue', `${shown} holds more than 1 MiB`);
        const value = trimNewline ? withoutNewline(bytes) : bytes;
        return { ok: true, value: { value, metadata: metadataOf(place, stats) } };
    });
}
/** What is known of a file without reading it. */
export function readMetadata(place, shown) {
    return withFile(place, shown, async (_, stats) => ({ ok: true, value: metadataOf(place, stats) }));
}
async function withFile(place, shown, use) {
    // Without O_NONBLOCK, opening a pipe waits for its writer. All links of the place have been followed.
    const handle = await open(place.path, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW);
    try {
        const stats = await handle.stat();
        if (stats.isDirectory()) {
            return failed('InvalidReference', `${shown}: it is a folder: name a file in it`);
        }
        if (!stats.isFile())
            return failed('InvalidValue', `${shown}: it is not a regular file`);
        return await use(handle, stats);
    }
    finally {
        await handle.close();
    }
}
/** Reads to the end, or to `most` bytes of a file that is larger or grows. `size` is what it seems to have. */
async function readAtMost(handle, size, most) {
    // One byte more than the size, so that the end shows; memory of its own, not a slice of Buffer's pool.
    let bytes = new Uint8Array(Math.min(size + 1, most));
    let length = 0;
    for (;;) {
        const { bytesRead } = await handle.read(bytes, length, bytes.length - length);
        length += bytesRead;
        if (bytesRead === 0 || length === most)
            return bytes.slice(0, length);
        if (length === bytes.length) {
            const longer = new Uint8Array(Math.min(length * 2, most));
            longer.set(bytes);
            bytes = longer;
        }
    }
}
/** Text without one trailing line end; what is not UTF-8, or holds a NUL, is no text and left as it is. */
function withoutNewline(bytes) {
    if (bytes.at(-1) !== LF || bytes.includes(0) || !isUtf8(bytes))
        return bytes;
    return bytes.slice(0, bytes.at(-2) === CR ? -2 : -1);
}
function metadataOf({ version }, { mtime }) {
    return version === undefined ? { createdBefore: mtime } : { createdBefore: mtime, version };
}
//# sourceMappingURL=read-file.js.map
import { isUtf8 } from 'node:buffer';
import { close, constants, fstat, open, readFile } from 'node:fs';
import { lstat } from 'node:fs/promises';
import { Socket } from 'node:net';
import { promisify } from 'node:util';
const MAX_BYTES = 1024 * 1024;
const TOO_LARGE = trouble('InvalidValue', 'is larger than 1 MiB');
// With O_NONBLOCK the opening of a FIFO waits for no writer; Windows has neither.
const FLAGS = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);
/**
 * Reads a UTF-8 text file or FIFO of at most 1 MiB; the modification time of a file comes along.
 * Rejects only with the signal's reason.
 */
export async function readTextFile(path, signal) {
    try {
        const fd = await promisify(open)(path, FLAGS);
        let owned = true;
        try {
            const stats = await promisify(fstat)(fd);
            signal.throwIfAborted();
            if (stats.isFIFO()) {
                owned = false;
                return decode(await readFifo(fd, signal));
            }
            if (stats.isDirectory())
                return trouble('Misconfigured', 'is a directory, not a file');
            if (!stats.isFile())
                return trouble('Misconfigured', 'is neither a file nor a FIFO');
            if (stats.size > MAX_BYTES)
                return TOO_LARGE;
            return decode(await promisify(readFile)(fd), stats.mtime);
        }
        finally {
            if (owned)
                await promisify(close)(fd);
        }
    }
    catch (error) {
        signal.throwIfAborted();
        return fromSystemError(error, path);
    }
}
/**
 * Reads until the writer closes, waiting for a writer where there is none yet, and closes `fd`. Through the event
 * loop: a blocking read would hold a thread, and the process, with no way to abort it. The signal must not be aborted
 * yet: a Socket made with an aborted one never lets go of `fd`.
 */
function readFifo(fd, signal) {
    return new Promise((resolve, reject) => {
        const socket = new Socket({ fd, readable: true, writable: false, signal });
        const chunks = [];
        let size = 0;
        socket.on('data', (chunk) => {
            chunks.push(chunk);
            size += chunk.length;
            if (size > MAX_BYTES)
                socket.destroy();
        });
        socket.on('error', reject);
        socket.on('close', () => resolve(Buffer.concat(chunks)));
    });
}
function decode(bytes, modified) {
    if (bytes.length > MAX_BYTES)
        return TOO_LARGE;
    const mark = bytes.subarray(0, 2).toString('hex');
    if (mark === 'fffe' || mark === 'feff')
        return trouble('InvalidValue', 'is UTF-16; save it as UTF-8');
    if (!isUtf8(bytes)) {
        const lines = bytes.toString('latin1').split(/\r\n?|\n/);
        const line = 1 + lines.findIndex((each) => !isUtf8(Buffer.from(each, 'latin1')));
        return { ...trouble('InvalidValue', 'not valid UTF-8; save the file as UTF-8'), line };
    }
    return { kind: 'text', text: bytes.toString(), ...(modified && { modified }) };
}
async function fromSystemError(error, path) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    switch (code) {
        case 'ENOENT':
            // A link to nothing is a mount that is not there, not a file that nobody wrote.
            return lstat(path).then(() => trouble('Unavailable', 'is a link to a file that does not exist'), () => ({ kind: 'absent' }));
        case 'EACCES':
        case 'EPERM':
            return trouble('AccessDenied', 'may not be read by this user');
        case 'EISDIR':
            return trouble('Misconfigured', 'is a directory, not a file');
        case 'ENOTDIR':
            return trouble('Misconfigured', 'cannot be there: its directory is a file');
        case 'ELOOP':
            return trouble('Misconfigured', 'is a link that leads back to itself');
        case 'ENXIO':
            return trouble('Misconfigured', 'is neither a file nor a FIFO');
        default:
            return trouble('Unavailable', `could not be read (${typeof code === 'string' ? code : 'unknown error'})`);
    }
}
function trouble(code, message) {
    return { kind: 'trouble', code, message };
}
//# sourceMappingURL=read.js.map
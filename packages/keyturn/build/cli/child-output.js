import { spawnSync } from 'node:child_process';
import { constants, mkdtempSync, openSync, rmSync, write } from 'node:fs';
import { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
/** How long what the child left running may go on writing once the child has ended. */
const LINGER_MS = 1000;
/** A pipe holds at most this many bytes (Linux: /proc/sys/fs/pipe-max-size), unless root raised it. */
const PIPE_BYTES = 1024 * 1024;
const EAGAIN_PAUSE_MS = 10;
/**
 * Opens `count` real pipes. What Node makes for `stdio: 'pipe'` are sockets, and on these a program can't open
 * /dev/stdout or /dev/stderr, as many shell scripts do (ENXIO). Undefined where there is no `mkfifo` or no writable
 * folder for temporary files: the sockets must do then.
 */
export function openPipes(count) {
    if (process.platform === 'win32')
        return undefined;
    let folder;
    try {
        folder = mkdtempSync(join(tmpdir(), 'keyturn-'));
        const paths = Array.from({ length: count }, (_, at) => join(`${folder}`, `${at}`));
        if (spawnSync('mkfifo', ['-m', '600', ...paths], { stdio: 'ignore' }).status !== 0)
            return undefined;
        return paths.map((path) => {
            // In this order, and non-blocking: opening one end of a FIFO waits for the other.
            const fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
            return {
                source: new Socket({ fd, readable: true, writable: false }),
                writeEnd: openSync(path, constants.O_WRONLY),
            };
        });
    }
    catch {
        return undefined;
    }
    finally {
        if (folder !== undefined)
            rmSync(folder, { recursive: true, force: true });
    }
}
/** Passes `source` on to `fd` through `mask`; reads no faster than `fd` takes it. */
export function passOn(source, fd, mask) {
    let received = 0;
    let cutOff = false;
    let over = false;
    let timer;
    async function pass() {
        try {
            for await (const chunk of source) {
                received += chunk.length;
                await writeAll(fd, mask.write(chunk));
            }
        }
        catch (error) {
            if (!cutOff)
                throw error;
        }
        await writeAll(fd, mask.end());
    }
    const done = pass()
        .catch((error) => {
        if (error.code !== 'EPIPE')
            throw new Error(`output could not be written: ${error.code}`);
    })
        .finally(() => {
        over = true;
        clearTimeout(timer);
    });
    return {
        done,
        childEnded() {
            if (over)
                return;
            const most = received + source.readableLength + PIPE_BYTES;
            const look = () => {
                const before = received;
                // After one turn of the event loop without a byte the pipe is empty.
                setImmediate(() => {
                    if (over)
                        return;
                    const empty = source.readableLength === 0 && received === before;
                    if (empty || received > most) {
                        cutOff = true;
                        source.destroy();
                    }
                    else {
                        timer = setTimeout(look, LINGER_MS);
                    }
                });
            };
            timer = setTimeout(look, LINGER_MS);
        },
    };
}
const writeSome = promisify(write);
/** Through the thread pool, since `process.stdout` blocks on a full pipe, and with it the forwarding of signals. */
async function writeAll(fd, bytes) {
    for (let at = 0; at < bytes.length;) {
        try {
            at += (await writeSome(fd, bytes, at)).bytesWritten;
        }
        catch (error) {
            // Whoever shares our output may have made it non-blocking; Node can't wait for it to drain.
            if (error.code !== 'EAGAIN')
                throw error;
            await delay(EAGAIN_PAUSE_MS);
        }
    }
}
//# sourceMappingURL=child-output.js.map
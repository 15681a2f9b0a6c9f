import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync } from 'node:fs';
import { constants } from 'node:os';
import { checkEnvironment, tooLarge } from './child-env.js';
import { openPipes, passOn } from './child-output.js';
import { forwardSignals } from './child-signals.js';
const NOT_FOUND = 127;
const NOT_EXECUTABLE = 126;
/** Failures to start that lie with the machine, not with the command. */
const OUT_OF_RESOURCES = new Set(['EAGAIN', 'EMFILE', 'ENFILE', 'ENOMEM']);
/**
 * Runs a command and gives its exit code: its own, 128+n when signal n ended it, 127 when there is no such command,
 * 126 when it can't be executed (both said in one line on stderr). Stdin is ours. Signals are handed on (see
 * `forwardSignals`) and this process outlives the child. When it returns, all output is passed on; masked output waits
 * up to one second for what the child left running.
 *
 * On Windows a `.cmd` or `.bat` file is no program (126): run `cmd /c` with it.
 *
 * @throws ConfigError when `env` can't be handed over: a bad name, a NUL, too large. The child has not started then.
 */
export async function runChild({ command, args, env, mask }) {
    checkEnvironment(env);
    const pipes = mask && openPipes(2);
    let child;
    const stopForwarding = forwardSignals((signal) => child?.kill(signal));
    try {
        const output = mask ? 'pipe' : 'inherit';
        child = spawn(command, args, {
            env,
            stdio: ['inherit', pipes?.[0]?.writeEnd ?? output, pipes?.[1]?.writeEnd ?? output],
        });
        // Later errors are of `kill`: the child has ended, or runs as another user and is not ours to signal.
        child.on('error', () => { });
        await once(child, 'spawn');
    }
    catch (error) {
        stopForwarding();
        for (const { source } of pipes ?? [])
            source.destroy();
        return startFailure(error, { command, args, env });
    }
    finally {
        for (const { writeEnd } of pipes ?? [])
            closeSync(writeEnd);
    }
    const passages = [
        { source: pipes?.[0]?.source ?? child.stdout, fd: 1 },
        { source: pipes?.[1]?.source ?? child.stderr, fd: 2 },
    ].flatMap(({ source, fd }) => (mask && source ? [passOn(source, fd, mask.stream())] : []));
    const passed = Promise.allSettled(passages.map(({ done }) => done));
    const [code, signal] = await once(child, 'exit');
    stopForwarding();
    for (const passage of passages)
        passage.childEnded();
    for (const result of await passed) {
        if (result.status === 'rejected')
            throw result.reason;
    }
    return signal === null ? code : 128 + constants.signals[signal];
}
/** The exit code for a command that did not start, said in one line. Throws what is no fault of the command. */
function startFailure(error, { command, args, env }) {
    // Node's error holds the arguments; only its code may leave.
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
    if (code === 'E2BIG')
        throw tooLarge(args, env);
    if (OUT_OF_RESOURCES.has(code))
        throw new Error(`${command} could not be started: ${code}`);
    const found = code !== 'ENOENT' && command !== '';
    process.stderr.write(`keyturn: ${command}: ${found ? `can't be executed (${code})` : 'command not found'}\n`);
    return found ? NOT_EXECUTABLE : NOT_FOUND;
}
//# sourceMappingURL=child.js.map
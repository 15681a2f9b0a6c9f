import type { Change } from './changed-texts.ts';
import type { Child } from './child.ts';
import { forwardSignals } from './child-signals.ts';
import { stopChild } from './child-stop.ts';
import { report, say } from './output.ts';
import type { StoredText } from './stored-text.ts';

/** How long a child may take to end for a restart, as long as `docker stop` gives it. */
const GRACE_MS = 10_000;

/** What tells a child to end: it is not started again, however long it takes. */
const ENDING: readonly NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGQUIT'];

export interface WatchedChild {
  readonly first: readonly StoredText[];
  /** Starts the child with these texts. */
  start(texts: readonly StoredText[]): Promise<Child>;
  /** New texts, until the signal aborts. */
  changes(signal: AbortSignal): AsyncIterable<Change>;
  /** Sent to the child at a change. Undefined: it is restarted with the new texts. */
  readonly reloadSignal: NodeJS.Signals | undefined;
}

/**
 * Runs a child as `runChild` does, and restarts or signals it at each change. When it ends by itself, that is the end:
 * its exit code. Once SIGINT, SIGTERM or SIGQUIT has come it is left to end, and not started again. What nobody catches
 * in this process meanwhile is said, and leaves the child alone.
 */
export async function runWatched({ first, start, changes, reloadSignal }: WatchedChild): Promise<number> {
  const over = new AbortController();
  const isOver = new Promise((resolve) => over.signal.addEventListener('abort', resolve));
  const end = () => over.abort();
  let child: Child | undefined;
  let stopping: Child | undefined;
  let texts = first;

  async function launch(given: readonly StoredText[]): Promise<Child> {
    const started = await start(given);
    texts = given;
    void started.exited.then(() => {
      if (started !== stopping) end();
    });
    return started;
  }

  /** The new child; the old one when the end has come meanwhile. */
  async function restart(old: Child, change: Change): Promise<Child> {
    stopping = old;
    await stopChild(old, GRACE_MS, () =>
      say(`keyturn: the command did not end within ${GRACE_MS / 1000} s of SIGTERM: killed`),
    );
    await Promise.race([old.ended, isOver]);
    if (over.signal.aborted) return old;
    try {
      return await launch(change.texts);
    } catch (error) {
      // Too large for the system, which only a start finds out.
      report(error, false);
      say('keyturn: the command goes on with the values it had');
      return launch(texts);
    }
  }

  const stopForwarding = forwardSignals((signal) => child?.send(signal));
  for (const signal of ENDING) process.on(signal, end);
  // What the config's code or an SDK throws where nobody catches it would end this process and leave the child alone.
  process.setUncaughtExceptionCaptureCallback((error) => {
    if (!(error instanceof Error && 'code' in error && error.code === 'EPIPE')) report(error, false);
  });
  try {
    child = await launch(first);
    for await (const change of changes(over.signal)) {
      if (over.signal.aborted) break;
      say(`keyturn: ${change.summary}: ${reloadSignal ? `sending ${reloadSignal}` : 'restarting'}`);
      if (reloadSignal) child.send(reloadSignal);
      else child = await restart(child, change);
    }
    await child.exited;
  } finally {
    process.setUncaughtExceptionCaptureCallback(null);
    for (const signal of ENDING) process.off(signal, end);
    stopForwarding();
    end();
  }
  return child.ended;
}

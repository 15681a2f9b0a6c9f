import { setTimeout as delay } from 'node:timers/promises';
import type { Child } from './child.ts';
import { listProcesses, type ProcessEntry } from './process-list.ts';

const POLL_MS = 50;

/**
 * Ends a child and the processes that it started, as `docker stop` does: SIGTERM to the child, so that it can end its
 * own; SIGTERM to those it leaves behind; SIGKILL to whatever is left after `graceMs`, of which `onKill` is told.
 * Resolves when none of them runs.
 *
 * They are found by their parents, since they share our process group. What had lost its parent before is not theirs
 * any more, and is left alone.
 */
export async function stopChild(child: Child, graceMs: number, onKill: () => void): Promise<void> {
  const deadline = performance.now() + graceMs;
  let isGone = false;
  const exited = child.exited.then(() => {
    isGone = true;
  });
  const livingRoot = () => (isGone ? undefined : child.id);
  let others = descendants([], livingRoot());
  let stage: 'child' | 'others' | 'kill' = 'child';
  child.send('SIGTERM');
  for (;;) {
    const pause = delay(POLL_MS);
    await (isGone ? pause : Promise.race([exited, pause]));
    others = descendants(others, livingRoot());
    if (isGone && others.length === 0) return;
    if (performance.now() >= deadline) {
      if (stage !== 'kill') onKill();
      stage = 'kill';
      child.send('SIGKILL');
      others = others.filter(({ id }) => sent(id, 'SIGKILL'));
    } else if (isGone && stage === 'child') {
      stage = 'others';
      others = others.filter(({ id }) => sent(id, 'SIGTERM'));
    }
  }
}

/** Those of `known` that still run, and all that they and `root` have started since. */
function descendants(known: readonly ProcessEntry[], root: number | undefined): readonly ProcessEntry[] {
  const all = listProcesses();
  const found = all.filter(({ id, start }) => known.some((one) => one.id === id && one.start === start));
  for (let parents = [root, ...found.map(({ id }) => id)]; parents.length > 0; ) {
    const children = all.filter((one) => parents.includes(one.parent) && !found.includes(one));
    found.push(...children);
    parents = children.map(({ id }) => id);
  }
  return found;
}

/** False for a process of another user, which is not ours to end, and for one that has ended. */
function sent(id: number, signal: NodeJS.Signals): boolean {
  try {
    return process.kill(id, signal);
  } catch {
    return false;
  }
}

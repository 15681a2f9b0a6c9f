import { createHook } from 'node:async_hooks';
import { readdirSync, readlinkSync } from 'node:fs';
import { setTimeout as delay, setImmediate } from 'node:timers/promises';

export interface HandleWatch {
  /** What has been opened since and is still open; it gets a while to close. Ends the watch. */
  leftOpen(withinMs: number): Promise<string[]>;
}

/**
 * Watches from now on what keeps the process alive, and on Linux every file descriptor of a file. Idle keep-alive sockets do not, but a server in this process has
 * the other end, which does. Timers are told apart one by one: the test runner's own come and go, so their number
 * proves nothing.
 */
export function watchHandles(): HandleWatch {
  const before = handles();
  const timers = new Map<number, object>();
  const hook = createHook({
    init(id, type, _trigger, resource) {
      if (type === 'Timeout') timers.set(id, resource);
    },
    destroy: (id) => timers.delete(id),
  }).enable();

  return {
    async leftOpen(withinMs) {
      const deadline = performance.now() + withinMs;
      let open: string[];
      do {
        await delay(10);
        // Until then the timer of the line above counts as running.
        await setImmediate();
        open = [...surplus(before), ...[...timers.values()].filter(isRefed).map(() => TIMER)];
      } while (open.length > 0 && performance.now() < deadline);
      hook.disable();
      return open;
    },
  };
}

const TIMER = 'Timeout';

function handles(): string[] {
  return [...process.getActiveResourcesInfo().filter((type) => type !== TIMER), ...openFiles()];
}

/** `getActiveResourcesInfo` does not list plain files. Sockets and pipes it does, so here they do not count. */
function openFiles(): string[] {
  if (process.platform !== 'linux') return [];
  return readdirSync('/proc/self/fd').flatMap((fd) => {
    try {
      const target = readlinkSync(`/proc/self/fd/${fd}`);
      return target.startsWith('/') && !target.startsWith('/proc/') ? [`file ${target}`] : [];
    } catch {
      // Closed meanwhile, such as the one that listed the folder.
      return [];
    }
  });
}

/** The types of handles of which there are more than before. */
function surplus(before: readonly string[]): string[] {
  const known = [...before];
  return handles().filter((type) => {
    const index = known.indexOf(type);
    if (index >= 0) known.splice(index, 1);
    return index < 0;
  });
}

/** Not for one that was cleared, has fired, or was told not to keep the process alive. */
function isRefed(timer: object): boolean {
  return 'hasRef' in timer && typeof timer.hasRef === 'function' && timer.hasRef() === true;
}

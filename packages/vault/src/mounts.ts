import { aboutServer, brokenAnswer } from './answers.ts';
import { faultOf, isRecord, VaultFault } from './fault.ts';
import { encodePath } from './paths.ts';
import { singleFlight } from './single-flight.ts';

/** Where a KV engine is mounted, with a slash at the end, and which of its two APIs it speaks. */
export interface Mount {
  readonly path: string;
  readonly version: 1 | 2;
}

/** Reads an encoded API path and gives the answer's JSON. */
export type Read = (path: string, signal: AbortSignal) => Promise<unknown>;

export interface Mounts {
  /** The mount that a path lives on. One call for each mount, whatever the number of paths and readers. */
  find(path: string, signal: AbortSignal): Promise<Mount>;
  /** Drops what is known of a mount, so that the next read asks again; false where it is pinned. */
  forget(mount: Mount): boolean;
}

interface Asked {
  readonly path: string;
  /** What is wrong with this path; another path that begins alike may well have a mount. */
  readonly refused?: VaultFault;
}

/**
 * Asks for mounts as the official client does: `GET sys/internal/ui/mounts/<path>`, which every token may ask
 * about the mounts that its policies know (vault/api/kv.go; command/kv_helpers.go). Mounts never nest, so that
 * the first known one that a path begins with is its own.
 */
export function createMounts(read: Read): Mounts {
  const known = new Map<string, Mount>();
  const asking = singleFlight<Asked>();

  function match(path: string): Mount | undefined {
    for (const mount of known.values()) if (path.startsWith(mount.path)) return mount;
    return undefined;
  }

  async function ask(path: string, signal: AbortSignal): Promise<Asked> {
    try {
      const question = `sys/internal/ui/mounts/${encodePath(path)}`;
      const mount = toMount(await read(question, signal).catch(rethrowAboutServer), path);
      known.set(mount.path, mount);
      return { path };
    } catch (error) {
      if (error instanceof VaultFault && isAboutPath(error)) return { path, refused: error };
      throw error;
    }
  }

  return {
    async find(path, signal) {
      const [first = ''] = path.split('/');
      for (;;) {
        const mount = match(path);
        if (mount !== undefined) return mount;
        // Paths that begin alike wait for one another: the answer to one is mostly the answer to all.
        const asked = await asking.join(first, (inner) => ask(path, inner), signal);
        if (asked.refused && isAnswerTo(path, asked)) throw asked.refused;
      }
    },
    forget(mount) {
      known.delete(mount.path);
      return true;
    },
  };
}

/** Mounts as the options name them, without a call. */
export function pinnedMounts(version: 1 | 2, mount: string | undefined): Mounts {
  return {
    find: async (path) => ({ path: `${mount ?? path.slice(0, path.indexOf('/'))}/`, version }),
    forget: () => false,
  };
}

function rethrowAboutServer(error: unknown): never {
  throw aboutServer(error);
}

function isAboutPath({ fault }: VaultFault): boolean {
  return fault.code === 'AccessDenied' || fault.code === 'InvalidReference';
}

/** Vault grants or denies this question for a mount as a whole, so for all the secrets of one folder alike. */
function isAnswerTo(path: string, { path: askedPath, refused }: Asked): boolean {
  if (askedPath === path) return true;
  return refused?.fault.code === 'AccessDenied' && folderOf(askedPath) === folderOf(path);
}

function folderOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/'));
}

function toMount(body: unknown, path: string): Mount {
  const data = isRecord(body) ? body.data : undefined;
  if (!isRecord(data) || typeof data.path !== 'string') throw brokenAnswer();
  const mountPath = withoutNamespace(data.path, path);
  if (data.type !== 'kv' && data.type !== 'generic') {
    throw faultOf('InvalidReference', `the mount "${mountPath}" is no KV engine: only KV is read`);
  }
  if (path === mountPath.slice(0, -1)) {
    throw faultOf('InvalidReference', `the path names the mount itself: write "${mountPath}<path>"`);
  }
  const version = isRecord(data.options) ? data.options.version : undefined;
  return { path: mountPath, version: version === '2' ? 2 : 1 };
}

/** With a namespace above, the answer's mount can begin with the child namespace, which the path does not name. */
function withoutNamespace(mountPath: string, path: string): string {
  let rest = mountPath;
  while (rest !== '' && !`${path}/`.startsWith(rest)) rest = rest.slice(rest.indexOf('/') + 1 || rest.length);
  if (rest === '') throw brokenAnswer();
  return rest;
}

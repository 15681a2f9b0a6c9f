import { chmodSync, mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { canary, type Provoked, runWith, type Subject } from '@keyturn/conformance';
import { describe, it } from 'vitest';
import { file } from '../src/index.ts';
import { asUnprivileged, folderOf, swap, temporaryFolder, write } from './support/mount.ts';

function bytesOrText(value: unknown): string | Uint8Array {
  if (typeof value === 'string' || value instanceof Uint8Array) return value;
  throw new Error('a file holds no fields');
}

const inRoot = (root: string): Provoked => ({ provider: file({ root }), path: 'key' });

/** What a file does, wherever it is mounted. */
const common = {
  faults: {
    AccessDenied() {
      const root = folderOf({ key: canary });
      chmodSync(join(root, 'key'), 0);
      const { provider, path } = inRoot(root);
      return {
        provider: {
          ...provider,
          fetch: (locators, options) => asUnprivileged(() => provider.fetch(locators, options)),
        },
        path,
      };
    },
    Unauthenticated: 'a file asks for no credentials',
    Throttled: 'a file has no rate limit',
    // Linux lets a process open its own memory; nothing is mapped at its beginning, so reading there is EIO.
    Unavailable: () => ({ provider: file({ root: '/proc/self' }), path: 'mem' }),
    Disabled: 'a file is there or not',
    InvalidReference() {
      const root = temporaryFolder();
      symlinkSync(join(folderOf({ secret: canary }), 'secret'), join(root, 'key'));
      return inRoot(root);
    },
    InvalidValue: () => inRoot(folderOf({ key: canary.repeat(100_000) })),
    Misconfigured: () => inRoot(join(folderOf({ root: canary }), 'root')),
  },
  hangs: 'only regular files are read, and a pipe is refused without waiting for its writer',
} satisfies Omit<Subject, 'open' | 'cannot'>;

const noDisposal = 'it holds nothing open between calls';

const folder: Subject = {
  ...common,
  open() {
    const root = temporaryFolder();
    return {
      provider: file({ root }),
      path: (name) => `app/${name}`,
      put: async (path, value) => write(join(root, path), bytesOrText(value)),
    };
  },
  cannot: {
    dispose: noDisposal,
    finalNewline: 'one newline at the end is left out unless `trimNewline` is false',
  },
};

const version = '..2026_11_21_10_00_00.1';

/** The links that the kubelet makes: `key` to `..data/key`, and `..data` to the folder of this version. */
const kubernetes: Subject = {
  open() {
    const root = temporaryFolder();
    mkdirSync(join(root, version));
    symlinkSync(version, join(root, '..data'));
    return {
      provider: file({ root, trimNewline: false }),
      path: (name) => name,
      async put(path, value) {
        write(join(root, version, path), bytesOrText(value));
        symlinkSync(join('..data', path), join(root, path));
      },
    };
  },
  cannot: { dispose: noDisposal },
  faults: {
    ...common.faults,
    Unavailable() {
      const root = temporaryFolder();
      swap(root, version, { key: canary });
      rmSync(join(root, version), { recursive: true });
      return inRoot(root);
    },
  },
  hangs: common.hangs,
};

describe('a folder of files', () => runWith(it, folder));
describe('a Kubernetes mount, with trimNewline: false', () => runWith(it, kubernetes));

import { execFileSync } from 'node:child_process';
import { chmodSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { canary } from '@keyturn/conformance';
import { file } from '@keyturn/file';
import { asUnprivileged, folderOf, swap } from '../../packages/file/test/support/mount.ts';
import type { Row } from './matrix.ts';

const NO_NETWORK = 'it asks nobody over a network';
const NO_LOGIN = 'it takes no credentials';

/** A folder with a file `key` of this content. */
function withFile(content: string | Uint8Array) {
  const root = folderOf({ key: content });
  return { shown: join(root, 'key'), provider: file({ root }), path: 'key' };
}

export const fileRow: Row = {
  kind: 'file',
  store: 'files, a named pipe, and a mount as Kubernetes makes it',
  cells: {
    missing() {
      const root = folderOf({ other: canary });
      const message = `${join(root, 'key')}: no such file`;
      return { provider: file({ root }), path: 'key', code: 'NotFound', message };
    },
    denied() {
      const { shown, ...reading } = withFile(canary);
      chmodSync(shown, 0o000);
      const message = `${shown}: this user may not read it`;
      return { ...reading, code: 'AccessDenied', message, around: asUnprivileged };
    },
    badCredentials: NO_LOGIN,
    throttledWithRetryAfter: NO_NETWORK,
    throttled: NO_NETWORK,
    serverError: NO_NETWORK,
    refused: NO_NETWORK,
    unknownHost: NO_NETWORK,
    untrusted: NO_NETWORK,
    hangs() {
      const { shown, ...reading } = withFile('');
      rmSync(shown);
      execFileSync('mkfifo', [shown]);
      return { ...reading, code: 'InvalidValue', message: `${shown}: it is not a regular file` };
    },
    cut: 'a file has no promised length: what it holds is all there is',
    wrongBody() {
      const { shown: _, ...reading } = withFile(Buffer.from(`${canary}\xe9`, 'latin1'));
      const message = 'holds bytes that are not UTF-8 text: take it as.bytes()';
      return { ...reading, code: 'InvalidValue', message };
    },
    gone() {
      const root = folderOf({});
      swap(root, '..version-1', { key: canary });
      rmSync(join(root, '..version-1'), { recursive: true });
      const message = `${join(root, 'key')}: Kubernetes' folder ${join(root, '..version-1')} is not there`;
      return { provider: file({ root }), path: 'key', code: 'Unavailable', message };
    },
    expires: NO_LOGIN,
  },
};

import { execFileSync } from 'node:child_process';
import { chmodSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { canary } from '@keyturn/conformance';
import { env } from '@keyturn/env';
import { asUnprivileged, folderOf } from '../../packages/file/test/support/mount.ts';
import type { Row } from './matrix.ts';

const NAME = 'KEYTURN_FAULT';
const VARIABLE = `${NAME}_FILE`;
const NO_NETWORK = 'it asks nobody over a network';
const NO_LOGIN = 'it takes no credentials';

/** `NAME_FILE` of this process names a file that holds the content. */
function naming(content: string | Uint8Array) {
  const path = join(folderOf({ secret: content }), 'secret');
  process.env[VARIABLE] = path;
  return {
    named: path,
    reading: {
      provider: env({ fileSuffix: true }),
      path: NAME,
      async [Symbol.asyncDispose]() {
        delete process.env[VARIABLE];
      },
    },
  };
}

export const envRow: Row = {
  kind: 'env',
  store: 'the variables of the process, and files that `NAME_FILE` names',
  cells: {
    missing: () => ({ provider: env(), path: NAME, code: 'NotFound', message: `${NAME} is not set` }),
    denied() {
      const { named, reading } = naming(canary);
      chmodSync(named, 0o000);
      const message = `${VARIABLE} names ${named}, which this user may not read`;
      return { ...reading, code: 'Misconfigured', message, around: asUnprivileged };
    },
    badCredentials: NO_LOGIN,
    throttledWithRetryAfter: NO_NETWORK,
    throttled: NO_NETWORK,
    serverError: NO_NETWORK,
    refused: NO_NETWORK,
    unknownHost: NO_NETWORK,
    untrusted: NO_NETWORK,
    hangs() {
      const { named, reading } = naming(canary);
      rmSync(named);
      execFileSync('mkfifo', [named]);
      const message = `${VARIABLE} names ${named}, which is not a regular file`;
      return { ...reading, code: 'Misconfigured', message };
    },
    cut: 'a variable is handed over whole, and a file has no promised length',
    wrongBody() {
      const { named, reading } = naming(Buffer.from(`${canary}\xe9`, 'latin1'));
      return {
        ...reading,
        code: 'InvalidValue',
        message: `${VARIABLE} names ${named}, which is not UTF-8 text`,
      };
    },
    gone() {
      const { named, reading } = naming(canary);
      rmSync(named);
      const message = `${VARIABLE} must be the path of a file: what it holds leads to none`;
      return { ...reading, code: 'Misconfigured', message };
    },
    expires: NO_LOGIN,
  },
};

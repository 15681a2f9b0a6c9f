import { execFileSync, spawn } from 'node:child_process';
import { chmodSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { canary } from '@keyturn/conformance';
import { dotenv } from '@keyturn/dotenv';
import { asUnprivileged, folderOf } from '../../packages/file/test/support/mount.ts';
import type { Row } from './matrix.ts';

const NO_NETWORK = 'it asks nobody over a network';
const NO_LOGIN = 'it takes no credentials';

/** A folder with an `.env` of this content. */
function withFile(content: string) {
  const directory = folderOf({ '.env': content });
  return { file: join(directory, '.env'), provider: dotenv({ directory }), path: 'KEY' };
}

/** A folder whose `.env` is a pipe that nobody writes to yet. */
function withPipe() {
  const made = withFile('');
  rmSync(made.file);
  execFileSync('mkfifo', [made.file]);
  return made;
}

export const dotenvRow: Row = {
  kind: 'dotenv',
  store: 'files and named pipes',
  cells: {
    missing() {
      const { file, ...reading } = withFile(`OTHER=${canary}\n`);
      return { ...reading, code: 'NotFound', message: `KEY is not in ${file}` };
    },
    denied() {
      const { file, ...reading } = withFile(`KEY=${canary}\n`);
      chmodSync(file, 0o000);
      const message = `${file} may not be read by this user`;
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
      const { file: _, ...reading } = withPipe();
      return { ...reading, code: 'Unavailable', message: 'no answer within 500 ms' };
    },
    cut() {
      const { file, ...reading } = withPipe();
      const writer = spawn('sh', ['-c', 'printf %s "$1" > "$2"', 'sh', `KEY="${canary}`, file]);
      const message = `${file}:1: a quote is opened and not closed (only a comment may follow the closing quote)`;
      return {
        ...reading,
        code: 'InvalidValue',
        message,
        async [Symbol.asyncDispose]() {
          writer.kill();
        },
      };
    },
    wrongBody() {
      const { file, ...reading } = withFile(`KEY=${canary}\n${canary}\n`);
      const message = `${file}:2: expected NAME=value, with a name of A-Z, a-z, 0-9, "_", "." and "-"`;
      return { ...reading, code: 'InvalidValue', message };
    },
    gone() {
      const { file, ...reading } = withFile(`KEY=${canary}\n`);
      rmSync(file);
      symlinkSync('deleted', file);
      return { ...reading, code: 'Unavailable', message: `${file} is a link to a file that does not exist` };
    },
    expires: NO_LOGIN,
  },
};

import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  appendFileSync,
  chmodSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { canary, type Hanging, type Provoked, runWith, type Subject } from '@keyturn/conformance';
import type { Provider } from '@keyturn/core';
import { describe, it, onTestFinished } from 'vitest';
import { dotenv } from '../src/index.ts';

/** A folder that other users can enter, and the path of the `.env` file that is not in it yet. */
function emptyFolder() {
  const directory = mkdtempSync(join(tmpdir(), 'keyturn-dotenv-'));
  chmodSync(directory, 0o755);
  onTestFinished(() => rmSync(directory, { recursive: true }));
  return { directory, file: join(directory, '.env') };
}

/** Lets `make` put something in the place of `.env`, and asks for SECRET. */
function provoked(make: (file: string) => void): Provoked {
  const { directory, file } = emptyFolder();
  make(file);
  return { provider: dotenv({ directory }), path: 'SECRET' };
}

/** Single quotes keep all but a single quote, and a CR, which needs the escape that double quotes have. */
function quoted(text: string): string {
  if (!/['\r]/.test(text)) return `'${text}'`;
  if (!/["\\]/.test(text)) return `"${text.replaceAll('\r', '\\r')}"`;
  throw new Error('a text that needs more than two ways to quote');
}

/** Reads as a user whom file modes bind: root is not. */
function unprivileged(provider: Provider): Provider {
  return {
    ...provider,
    async fetch(locators, options) {
      const { geteuid, seteuid } = process;
      if (seteuid === undefined || geteuid?.() !== 0) return provider.fetch(locators, options);
      seteuid(65_534);
      try {
        return await provider.fetch(locators, options);
      } finally {
        seteuid(0);
      }
    },
  };
}

/** A FIFO whose writer, once it has a reader, fills it beyond what a pipe holds, and then neither writes nor closes. */
function silentWriter(): Hanging {
  const { directory, file } = emptyFolder();
  execFileSync('mkfifo', [file]);
  const script = `exec 3>.env; printf 'SECRET=${canary}\n%200000s' >&3; echo read; read line`;
  const writer = spawn('sh', ['-c', script], { cwd: directory });
  return {
    provider: dotenv({ directory }),
    path: 'SECRET',
    reached: once(writer.stdout, 'data'),
    async [Symbol.asyncDispose]() {
      const closed = once(writer, 'close');
      writer.kill();
      await closed;
    },
  };
}

const subject: Subject = {
  open() {
    const { directory, file } = emptyFolder();
    return {
      provider: dotenv({ directory }),
      path: (name) => name,
      async put(path, value) {
        if (typeof value !== 'string') throw new Error('a .env file holds text alone');
        appendFileSync(file, `${path}=${quoted(value)}\n`);
      },
    };
  },
  cannot: {
    binary: 'a .env file is UTF-8 text',
    describe: 'the time of a file comes with its text, and the file has to be read to know its names',
    dispose: 'it holds nothing open between calls',
  },
  faults: {
    AccessDenied() {
      const { provider, path } = provoked((file) => writeFileSync(file, `SECRET=${canary}`, { mode: 0 }));
      return { provider: unprivileged(provider), path };
    },
    Unauthenticated: 'a file asks for no credentials',
    Throttled: 'a file has no rate limit',
    Unavailable: () => provoked((file) => symlinkSync('gone', file)),
    Disabled: 'a name is in a file or not',
    InvalidReference: () => ({ ...provoked((file) => writeFileSync(file, `A B=${canary}`)), path: 'A B' }),
    InvalidValue: () => provoked((file) => writeFileSync(file, `SECRET="${canary}`)),
    Misconfigured: () => provoked((file) => mkdirSync(file)),
  },
  hangs: silentWriter,
};

describe('a .env file', () => runWith(it, subject));

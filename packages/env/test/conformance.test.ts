import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { canary, runWith, type Subject } from '@keyturn/conformance';
import { describe, it, onTestFinished } from 'vitest';
import { env } from '../src/index.ts';

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'keyturn-env-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
}

function textOnly(value: unknown): string {
  if (typeof value === 'string') return value;
  throw new Error('a variable holds text alone');
}

const illegalName = () => ({ provider: env({ source: { 'A=B': canary } }), path: 'A=B' });

/** What is true of every environment, however it is read. */
const common = {
  cannot: {
    binary: 'a variable holds text',
    describe: 'an environment knows nothing of its variables',
    dispose: 'it holds nothing open between calls',
  },
  faults: {
    AccessDenied: 'a process may read all of its own variables',
    Unauthenticated: 'an environment asks for no credentials',
    Throttled: 'an environment has no rate limit',
    Unavailable: 'the variables are memory of this process',
    Disabled: 'a variable is set or not',
    InvalidReference: illegalName,
  },
  hangs: 'the variables are memory of this process',
} satisfies Omit<Subject, 'open'>;

const object: Subject = {
  ...common,
  open() {
    const source: Record<string, string> = {};
    return {
      provider: env({ source }),
      path: (name) => name,
      async put(path, value) {
        source[path] = textOnly(value);
      },
    };
  },
};

const live: Subject = {
  ...common,
  open() {
    const prefix = 'KEYTURN_CONFORMANCE_';
    return {
      provider: env({ prefix }),
      path: (name) => name,
      async put(path, value) {
        process.env[prefix + path] = textOnly(value);
      },
      async [Symbol.asyncDispose]() {
        for (const name of Object.keys(process.env)) if (name.startsWith(prefix)) delete process.env[name];
      },
    };
  },
};

/** An environment of one variable, which names a file. */
const naming = (path: string, beside: Readonly<Record<string, string>> = {}) => ({
  provider: env({ source: { SECRET_FILE: path, ...beside }, fileSuffix: true }),
  path: 'SECRET',
});

function fileOf(content: string | Uint8Array): string {
  const path = join(temporaryFolder(), 'secret');
  writeFileSync(path, content);
  return path;
}

const namedFiles: Subject = {
  open() {
    const folder = temporaryFolder();
    const source: Record<string, string> = {};
    return {
      provider: env({ source, fileSuffix: true }),
      path: (name) => name,
      async put(path, value) {
        source[`${path}_FILE`] = join(folder, path);
        writeFileSync(join(folder, path), textOnly(value));
      },
    };
  },
  cannot: {
    ...common.cannot,
    binary: 'a file that is not UTF-8 is refused: it stands in for a variable',
    finalNewline: 'one newline at the end is left out, as editors and `echo` put one there',
  },
  faults: {
    ...common.faults,
    AccessDenied: 'a file that this user may not read is Misconfigured: what is wrong is NAME_FILE',
    // Linux lets a process open its own memory; nothing is mapped at its beginning, so reading there is EIO.
    Unavailable: () => naming('/proc/self/mem'),
    InvalidValue: () => naming(fileOf(Buffer.from(`${canary}\xff`, 'latin1'))),
    Misconfigured: () => naming(fileOf(canary), { SECRET: canary }),
  },
  hangs: 'only regular files are read, and a pipe is refused without waiting for its writer',
};

describe('an object', () => runWith(it, object));
describe('process.env', () => runWith(it, live));
describe('files by NAME_FILE', () => runWith(it, namedFiles));

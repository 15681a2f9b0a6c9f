import { execFile, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { it } from 'vitest';

/** A program that reads what `keyturn export` wrote, and tells what it made of it. */
export interface Consumer<Reading> {
  readonly name: string;
  /** Why it cannot be asked on this machine. */
  readonly absent?: string;
  read(text: string): Reading | Promise<Reading>;
}

export type Variables = Record<string, string>;

/** `it`, for a test that needs a consumer. Without it the case is skipped and says why; under `KEYTURN_LIVE=required` it fails. */
export function itWith({
  name,
  absent,
}: Consumer<unknown>): (title: string, body: () => unknown, timeout?: number) => void {
  if (absent === undefined) return it;
  return (title) =>
    it(title, ({ skip }) => {
      if (process.env.KEYTURN_LIVE === 'required') throw new Error(`${name} is required here, but ${absent}`);
      skip(absent);
    });
}

/** A POSIX shell that reads the text by `.`, in an empty environment; what its child then inherits. */
export function shellConsumer(name: 'bash' | 'dash'): Consumer<Variables> {
  const environmentAfter = (path: string): Variables => {
    const script = '. "$1" && exec "$2" -e "process.stdout.write(JSON.stringify(process.env))"';
    return asVariables(JSON.parse(run(name, ['-c', script, name, path, process.execPath], { env: {} })));
  };
  /** What a shell sets by itself, such as PWD. */
  let own: Variables | undefined;
  return {
    name,
    ...absentUnless(name, ['-c', 'exit 0']),
    read: (text) =>
      withFile(text, (path) => {
        own ??= environmentAfter('/dev/null');
        const seen = environmentAfter(path);
        for (const key of Object.keys(own)) delete seen[key];
        return seen;
      }),
  };
}

/** python-dotenv from PyPI. */
export function pythonDotenv(): Consumer<Variables> & { readMany(texts: readonly string[]): Variables[] } {
  const environment = pythonEnvironment('python-dotenv==1.1.1');
  const readMany = (texts: readonly string[]): Variables[] => {
    if (environment.python === undefined) throw new Error(environment.absent);
    const { python } = environment;
    return withFolder((folder) => {
      const paths = texts.map((text, index) => {
        const path = join(folder, `${index}.env`);
        writeFileSync(path, text);
        return path;
      });
      const program =
        'import json, sys; from dotenv import dotenv_values; ' +
        'print(json.dumps([dotenv_values(path) for path in json.load(sys.stdin)]))';
      const answer: unknown = JSON.parse(
        run(python, ['-c', program], { input: JSON.stringify(paths), env: {} }),
      );
      if (!Array.isArray(answer)) throw new Error('python gave no list');
      return answer.map(asVariables);
    });
  };
  return {
    name: 'python-dotenv',
    ...(environment.absent === undefined ? {} : { absent: environment.absent }),
    read: (text) => readMany([text])[0] ?? {},
    readMany,
  };
}

/** The Docker client parses the file, the engine keeps the result; the container never runs. */
export function dockerConsumer(): Consumer<string[]> {
  return {
    name: 'docker',
    ...absentUnless('docker', ['info', '--format', '{{.ServerVersion}}']),
    read: (text) =>
      withFile(text, (path) => {
        // An image of nothing, from an empty tar archive: no registry is asked.
        const image = run('docker', ['import', '-'], { input: Buffer.alloc(1024) }).trim();
        try {
          const container = run('docker', ['create', '--env-file', path, image, '/none']).trim();
          try {
            const seen: unknown = JSON.parse(
              run('docker', ['inspect', '--format', '{{json .Config.Env}}', container]),
            );
            return Array.isArray(seen) ? seen.map(String) : [];
          } finally {
            run('docker', ['rm', container]);
          }
        } finally {
          run('docker', ['rmi', image]);
        }
      }),
  };
}

/** The AWS CLI from PyPI, whose request goes to a server of ours: its body is what AWS would get. */
export function awsCli(command: readonly string[], option: string): Consumer<string> {
  const environment = pythonEnvironment('awscli==1.46.3');
  return {
    name: 'aws',
    ...(environment.absent === undefined ? {} : { absent: environment.absent }),
    read: async (text) => {
      const { python } = environment;
      if (python === undefined) throw new Error(environment.absent);
      let body: string | undefined;
      const server = createServer((request, response) => {
        const chunks: Buffer[] = [];
        request.on('data', (chunk: Buffer) => chunks.push(chunk));
        request.on('end', () => {
          body = Buffer.concat(chunks).toString('utf8');
          // 400 is final to the client: it does not try again.
          response.writeHead(400).end();
        });
      });
      await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
      const folder = mkdtempSync(join(tmpdir(), 'keyturn-formats-'));
      try {
        const address = server.address();
        if (address === null || typeof address === 'string') throw new Error('the server has no port');
        const path = join(folder, 'input.json');
        writeFileSync(path, text);
        const endpoint = `http://127.0.0.1:${address.port}`;
        const flags = ['--no-sign-request', '--region', 'eu-west-1', '--endpoint-url', endpoint];
        const env = {
          ...process.env,
          AWS_CONFIG_FILE: '/dev/null',
          NO_PROXY: '127.0.0.1',
          no_proxy: '127.0.0.1',
        };
        const stderr = await new Promise<string>((exited) => {
          execFile(
            python,
            ['-m', 'awscli', ...command, option, `file://${path}`, ...flags],
            { env },
            (_error, _stdout, words) => exited(words),
          );
        });
        if (body === undefined) throw new Error(`aws sent nothing: ${stderr}`);
        return body;
      } finally {
        server.close();
        rmSync(folder, { recursive: true });
      }
    },
  };
}

/** A virtual environment with one package from PyPI, made once under node_modules/.cache. */
function pythonEnvironment(wanted: string): { python?: string; absent?: string } {
  const home = join(
    import.meta.dirname,
    '../../../../node_modules/.cache/keyturn',
    wanted.replace('==', '-'),
  );
  const python = join(home, 'bin/python');
  if (existsSync(python)) return { python };
  mkdirSync(join(home, '..'), { recursive: true });
  const draft = mkdtempSync(`${home}-`);
  try {
    run('python3', ['-m', 'venv', draft]);
    run(join(draft, 'bin/python'), [
      '-m',
      'pip',
      'install',
      '--quiet',
      '--disable-pip-version-check',
      wanted,
    ]);
    // Another test file may have been quicker: then its folder is there, and serves as well.
    if (!existsSync(home)) renameSync(draft, home);
    return { python };
  } catch {
    return { absent: `a Python environment with ${wanted} could not be made` };
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
}

function absentUnless(command: string, args: readonly string[]): { absent?: string } {
  const { status, error } = spawnSync(command, args, { stdio: 'ignore', timeout: 120_000 });
  if (error !== undefined) return { absent: `${command} is not installed` };
  return status === 0 ? {} : { absent: `\`${[command, ...args].join(' ')}\` fails` };
}

function run(
  command: string,
  args: readonly string[],
  options: { input?: string | Buffer; env?: NodeJS.ProcessEnv } = {},
): string {
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    ...options,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  if (error !== undefined) throw error;
  if (status !== 0) throw new Error(`${command} ended with ${status}: ${stderr}`);
  return stdout;
}

function withFolder<T>(use: (folder: string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), 'keyturn-formats-'));
  try {
    return use(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function withFile<T>(text: string, use: (path: string) => T): T {
  return withFolder((folder) => {
    const path = join(folder, 'exported');
    writeFileSync(path, text);
    return use(path);
  });
}

function asVariables(value: unknown): Variables {
  if (typeof value !== 'object' || value === null) throw new Error('not an object');
  return Object.fromEntries(Object.entries(value).map(([key, text]) => [key, String(text)]));
}

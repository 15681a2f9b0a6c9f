import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { globSync } from 'node:fs';
import { chown, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { Client, type ClientConfig } from 'pg';
import { describe, it } from 'vitest';
import { describeLive, type Store } from './live.ts';

export interface Postgres {
  /** Where a role logs in. */
  login(user: string, password: string): ClientConfig;
  /** Runs one statement as the superuser. */
  run(statement: string): Promise<void>;
  stop(): Promise<void>;
}

const execute = promisify(execFile);
const SUPERUSER = { user: 'postgres', password: 'canary-superuser' };

/** Debian's folder of PostgreSQL's binaries, the newest where there are many. */
function binaries(): string | undefined {
  const [newest] = globSync('/usr/lib/postgresql/*/bin/initdb').toSorted((a, b) =>
    b.localeCompare(a, 'en', { numeric: true }),
  );
  return newest && dirname(newest);
}

/**
 * A suite on a throw-away PostgreSQL and a store. As `describeLive`: what can't run is skipped and its title says
 * why; with `KEYTURN_LIVE=required` it fails instead.
 */
export async function describeWithPostgres(title: string, store: Store, suite: () => void): Promise<void> {
  if (binaries() !== undefined) return describeLive(title, store, suite);
  const reason = 'no PostgreSQL in /usr/lib/postgresql (apt-get install postgresql)';
  if (process.env.KEYTURN_LIVE === 'required') {
    describe(title, () => {
      it('runs', () => {
        throw new Error(`KEYTURN_LIVE=required, and there is ${reason}`);
      });
    });
  } else {
    process.stderr.write(`live: not run: ${title}: ${reason}\n`);
    describe(`${title} (not run: ${reason})`, { skip: true }, suite);
  }
}

/**
 * A fresh PostgreSQL on a loopback port; every login is by password (SCRAM-SHA-256). Whoever starts it stops it.
 * Started by root it runs as `postgres`, since the server refuses root.
 */
export async function startPostgres(): Promise<Postgres> {
  const folder = await mkdtemp(join(tmpdir(), 'keyturn-postgres-'));
  try {
    return await startIn(folder);
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}

async function startIn(folder: string): Promise<Postgres> {
  const account = process.getuid?.() === 0 ? await accountOf('postgres') : undefined;
  const run = (command: string, ...args: string[]) =>
    execute(join(binaries() ?? '', command), args, { ...account, cwd: folder, env: { LC_ALL: 'C' } });
  const passwordFile = join(folder, 'password');
  const data = join(folder, 'data');
  const log = join(folder, 'log');
  await writeFile(passwordFile, SUPERUSER.password);
  if (account) await Promise.all([folder, passwordFile].map((path) => chown(path, account.uid, account.gid)));
  const access = ['--username', SUPERUSER.user, '--pwfile', passwordFile, '--auth', 'scram-sha-256'];
  await run('initdb', '--pgdata', data, '--no-sync', ...access);

  const port = await freePort();
  const settings = `-c port=${port} -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c fsync=off`;
  await run('pg_ctl', 'start', '--wait', '--pgdata', data, '--log', log, '--options', settings).catch(
    async () => {
      throw new Error(`PostgreSQL did not start:\n${await readFile(log, 'utf8')}`);
    },
  );

  const login = (user: string, password: string): ClientConfig => ({
    host: '127.0.0.1',
    port,
    database: 'postgres',
    user,
    password,
    connectionTimeoutMillis: 60_000,
  });
  const superuser = new Client(login(SUPERUSER.user, SUPERUSER.password));
  await superuser.connect();
  return {
    login,
    async run(statement) {
      await superuser.query(statement);
    },
    async stop() {
      await superuser.end();
      await run('pg_ctl', 'stop', '--wait', '--mode', 'fast', '--pgdata', data);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function accountOf(user: string): Promise<{ uid: number; gid: number }> {
  const id = async (flag: string) => Number((await execute('id', [flag, user])).stdout);
  return { uid: await id('-u'), gid: await id('-g') };
}

/** PostgreSQL takes no port 0. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { brokenAnswer } from './answers.ts';
import { faultOf, isRecord, VaultFault } from './fault.ts';
import type { Api } from './node-vault.ts';
import type { TextSource, VaultAuth, VaultLogin } from './options.ts';
import { encodePath } from './paths.ts';

/** A token and how long it lasts. */
export interface Login extends VaultLogin {
  /** Whether the login was ours, so that the token is ours to revoke. */
  readonly ours: boolean;
}

const SERVICE_ACCOUNT = '/var/run/secrets/kubernetes.io/serviceaccount/token';

/**
 * One login by the way that the options name. Rejects with Misconfigured where there is none, or what it needs can't be
 * read; with Unauthenticated where Vault refuses the credentials.
 */
export async function logIn(
  auth: VaultAuth | undefined,
  api: Api,
  env: NodeJS.ProcessEnv,
  signal: AbortSignal,
): Promise<Login> {
  if (auth === undefined) return given(await defaultToken(env));
  if ('token' in auth) return given({ token: await textOf('auth.token', auth.token) });
  if ('login' in auth) return given(await ownLogin(auth, signal));
  const { method, mount, path, body, refused } = await credentialsOf(auth);
  try {
    return toLogin(await api.write(`auth/${encodePath(mount)}/login${path}`, body, { signal }), method);
  } catch (error) {
    throw refusal(error, mount, refused) ?? error;
  }
}

interface Credentials {
  readonly method: string;
  readonly mount: string;
  /** What follows `login` in the path. */
  readonly path: string;
  readonly body: Readonly<Record<string, string>>;
  /** What to say when Vault takes them for wrong. */
  readonly refused: string;
}

async function credentialsOf(
  auth: Exclude<VaultAuth, { token: unknown } | { login: unknown }>,
): Promise<Credentials> {
  if ('appRole' in auth) {
    const { roleId, secretId, mount = 'approle' } = auth.appRole;
    const role_id = await textOf('auth.appRole.roleId', roleId);
    const secret_id = secretId === undefined ? undefined : await textOf('auth.appRole.secretId', secretId);
    const body = { role_id, ...(secret_id !== undefined && { secret_id }) };
    return {
      method: 'appRole',
      mount,
      path: '',
      body,
      refused:
        'the role ID or the secret ID is wrong, expired or used up (a secret ID for a single use is good for one login: give `auth.appRole.secretId` as a function that fetches a new one)',
    };
  }
  if ('userpass' in auth) {
    const { username, password, mount = 'userpass' } = auth.userpass;
    return {
      method: 'userpass',
      mount,
      path: `/${encodeURIComponent(username)}`,
      body: { password: await textOf('auth.userpass.password', password) },
      refused: 'the username or the password is wrong',
    };
  }
  const refused = 'the role is unknown, or the JWT is expired, or not what the role is bound to';
  if ('jwt' in auth) {
    const { role, jwt, mount = 'jwt' } = auth.jwt;
    const body = { ...(role !== undefined && { role }), jwt: await textOf('auth.jwt.jwt', jwt) };
    return { method: 'jwt', mount, path: '', body, refused };
  }
  const { role, file = SERVICE_ACCOUNT, mount = 'kubernetes' } = auth.kubernetes;
  const jwt = (await readText('auth.kubernetes.file', file)).trim();
  return { method: 'kubernetes', mount, path: '', body: { role, jwt }, refused };
}

/** A login answers 400 for wrong credentials, and 403 both for those and where no auth method is mounted. */
function refusal(error: unknown, mount: string, refused: string): VaultFault | undefined {
  if (!(error instanceof VaultFault)) return undefined;
  const { status = 0 } = error.fault;
  const message = `the login at auth/${mount} was refused: ${refused}`;
  if (status === 400) return new VaultFault({ code: 'Unauthenticated', status, message });
  if (![403, 404, 405].includes(status)) return undefined;
  return new VaultFault({
    code: 'Unauthenticated',
    status,
    message: `${message}; or no such auth method is mounted there (\`mount\`)`,
  });
}

function toLogin(body: unknown, method: string): Login {
  const auth = isRecord(body) ? body.auth : undefined;
  if (!isRecord(auth) || typeof auth.client_token !== 'string') throw brokenAnswer();
  if (auth.client_token === '') {
    throw faultOf(
      'Unauthenticated',
      `the login by ${method} asks for a second factor, which no program can give`,
    );
  }
  return {
    token: auth.client_token,
    renewable: auth.renewable === true,
    ours: true,
    ...(typeof auth.lease_duration === 'number' && { ttlSeconds: auth.lease_duration }),
  };
}

/** The `auth` part of a renewal's answer. */
export function toRenewal(body: unknown): VaultLogin {
  return toLogin(body, 'token');
}

function given(login: VaultLogin): Login {
  if (!/^[\x21-\x7e]+$/.test(login.token)) {
    throw faultOf(
      'Misconfigured',
      'auth: the token is empty, or holds what no token holds (a blank, a line end)',
    );
  }
  return { ...login, ours: false };
}

async function ownLogin(
  { login }: Extract<VaultAuth, { login: unknown }>,
  signal: AbortSignal,
): Promise<VaultLogin> {
  try {
    return await login({ signal });
  } catch {
    // Its error may hold what it logged in with.
    throw faultOf('Unauthenticated', 'auth.login: the function failed');
  }
}

async function textOf(place: string, source: TextSource): Promise<string> {
  if (typeof source === 'string') return source;
  try {
    return await source();
  } catch {
    throw faultOf('Unauthenticated', `${place}: the function failed`);
  }
}

async function defaultToken(env: NodeJS.ProcessEnv): Promise<VaultLogin> {
  if (env.VAULT_TOKEN) return { token: env.VAULT_TOKEN };
  const file = join(homedir(), '.vault-token');
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '';
    throw faultOf('Misconfigured', `~/.vault-token: cannot be read (${error.code ?? 'unknown'})`);
  });
  const token = text.trim();
  if (token !== '') return { token };
  throw faultOf(
    'Misconfigured',
    'no way to log in: set the option `auth`, or VAULT_TOKEN, or log in with `vault login` (~/.vault-token)',
  );
}

async function readText(place: string, file: string): Promise<string> {
  return await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw faultOf('Misconfigured', `${place}: ${file} cannot be read (${error.code ?? 'unknown'})`);
  });
}

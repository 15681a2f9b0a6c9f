import { aboutServer } from './answers.ts';
import { faultOf, VaultFault } from './fault.ts';
import type { Login } from './login.ts';
import type { VaultLogin } from './options.ts';
import { singleFlight } from './single-flight.ts';

/** The calls that a session is made of. */
export interface SessionSteps {
  login(signal: AbortSignal): Promise<Login>;
  renew(token: string, signal: AbortSignal): Promise<VaultLogin>;
  /** Rejects with the fault of `auth/token/lookup-self`. */
  lookup(token: string, signal: AbortSignal): Promise<unknown>;
  revoke(token: string, signal: AbortSignal): Promise<unknown>;
}

export interface Session {
  /**
   * Runs work with a valid token. The first call logs in; later ones renew the token, or log in anew, once two
   * thirds of its time are over; a token that Vault refuses is replaced and the work run once more. Whatever is
   * due is done once for all who wait.
   */
  use<T>(work: (token: string) => Promise<T>, signal: AbortSignal): Promise<T>;
  /** Revokes the token, if the login was ours. */
  close(signal: AbortSignal): Promise<void>;
}

/** Times are the wall clock's, which goes on while a machine sleeps; a token refused early is replaced anyway. */
interface Held {
  readonly login: Login;
  readonly refreshAt: number;
  readonly expiresAt: number;
}

/** What lookup-self says of a token; `untold` where Vault denies the question itself. */
type Verdict = 'alive' | 'ended' | 'untold';

const FORBIDDEN = 403;

export function createSession({ login, renew, lookup, revoke }: SessionSteps): Session {
  let held: Held | undefined;
  let lookupTells = true;
  const changes = singleFlight<Held>();
  const lookups = singleFlight<Verdict>();

  async function current(signal: AbortSignal): Promise<Held> {
    const before = held;
    if (before !== undefined && Date.now() < before.refreshAt) return before;
    return await changes.join('refresh', async (inner) => keep(before, await refresh(before, inner)), signal);
  }

  /** Logs in in place of a token that Vault refuses, unless another one is there already. */
  async function logInAnew(refused: Held, signal: AbortSignal): Promise<Held> {
    if (held !== undefined && held.login.token !== refused.login.token) return held;
    return await changes.join('login', async (inner) => keep(refused, hold(await login(inner))), signal);
  }

  /** A late renewal of an old token never takes the place of a newer one. */
  function keep(before: Held | undefined, next: Held): Held {
    if (held === undefined || held.login.token === before?.login.token) held = next;
    return held;
  }

  /** Lengthens a token that can be lengthened, else logs in; while the old token lasts, a failure is none. */
  async function refresh(before: Held | undefined, signal: AbortSignal): Promise<Held> {
    if (before === undefined || Date.now() >= before.expiresAt) return hold(await login(signal));
    try {
      return before.login.renewable === true ? await renewed(before, signal) : hold(await login(signal));
    } catch (error) {
      if (Date.now() >= before.expiresAt || signal.aborted) throw error;
      return { ...before, refreshAt: Date.now() + (before.expiresAt - Date.now()) / 2 };
    }
  }

  async function renewed(before: Held, signal: AbortSignal): Promise<Held> {
    const { ttlSeconds = 0 } = before.login;
    try {
      const next = await renew(before.login.token, signal);
      // Less than asked for: the token nears its maximum, and the next change has to be a login.
      const renewable = next.renewable === true && (next.ttlSeconds ?? 0) >= ttlSeconds;
      return hold({ ...next, token: before.login.token, renewable, ours: before.login.ours });
    } catch (error) {
      if (!isRefusal(error)) throw error;
      return hold(await login(signal));
    }
  }

  async function verdictOn({ login: { token } }: Held, signal: AbortSignal): Promise<Verdict> {
    const ask = async (inner: AbortSignal): Promise<Verdict> => {
      try {
        await lookup(token, inner);
        return 'alive';
      } catch (error) {
        if (!isForbidden(error)) throw aboutServer(error);
        return error.signs.invalidToken ? 'ended' : 'untold';
      }
    };
    return await lookups.join(token, ask, signal);
  }

  /** Vault answers 403 alike for a policy that denies and, before some version, for a token that has ended. */
  async function isAlive(asked: Held, refused: VaultFault, signal: AbortSignal): Promise<boolean> {
    if (refused.signs.invalidToken) return false;
    const verdict = await verdictOn(asked, signal);
    return verdict === 'alive' || (verdict === 'untold' && !lookupTells);
  }

  return {
    async use(work, signal) {
      const first = await current(signal);
      try {
        return await work(first.login.token);
      } catch (error) {
        if (!isForbidden(error) || (await isAlive(first, error, signal))) throw error;
      }
      const second = await logInAnew(first, signal);
      if (second.login.token === first.login.token) throw ended();
      try {
        return await work(second.login.token);
      } catch (error) {
        // A token just given out is alive: if Vault denies it even lookup-self, no later denial of that tells anything.
        if (isForbidden(error) && (await verdictOn(second, signal)) === 'untold') lookupTells = false;
        throw error;
      }
    },
    async close(signal) {
      const last = held;
      held = undefined;
      if (last?.login.ours) await revoke(last.login.token, signal);
    },
  };
}

function hold(login: Login): Held {
  // A lease of 0 seconds is how Vault says "for ever".
  const ms = (login.ttlSeconds || Infinity) * 1000;
  const now = Date.now();
  return { login, refreshAt: now + (ms * 2) / 3, expiresAt: now + ms };
}

function isForbidden(error: unknown): error is VaultFault {
  return error instanceof VaultFault && error.fault.status === FORBIDDEN;
}

/** The server's own no to a renewal, as opposed to no answer. */
function isRefusal(error: unknown): boolean {
  return error instanceof VaultFault && (error.fault.status === 400 || error.fault.status === FORBIDDEN);
}

/** No login gives another token than the one that Vault refuses. */
export function ended(): VaultFault {
  return faultOf(
    'Unauthenticated',
    'Vault refuses the token as expired, revoked or of another server: give a new one by the option `auth`, VAULT_TOKEN or ~/.vault-token',
  );
}

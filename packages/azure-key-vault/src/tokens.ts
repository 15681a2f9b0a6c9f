import type { SecretClient } from '@azure/keyvault-secrets';
import { KeyVaultFault } from './classify.ts';
import { classifyLogin, NO_TOKEN } from './login.ts';

/** Anything of @azure/identity, or an object with a `getToken` of its own. */
export type Credential = ConstructorParameters<typeof SecretClient>[1];

type GetToken = Credential['getToken'];
type Scopes = Parameters<GetToken>[0];
type Options = NonNullable<Parameters<GetToken>[1]>;
type Signal = NonNullable<Options['abortSignal']>;
type Token = NonNullable<Awaited<ReturnType<GetToken>>>;

interface Login {
  /** What the token is for. */
  readonly key: string;
  readonly token: Promise<Token>;
  readonly controller: AbortController;
  waiting: number;
}

/** How long before its end a token is renewed, while it goes on being used: as long as the SDK takes. */
const EARLY_MS = 120_000;
/** Too little time for a request. */
const LATE_MS = 1_000;

/** The tokens of one credential. */
export interface Tokens {
  /**
   * For the SDK: one login for all reads that wait, and one in place of a token that was refused. The SDK's own keeping
   * of tokens logs in once for each read that waits, as each has a signal of its own, and its timer keeps the process
   * alive while renewals fail; so it is told that each token has ended, and asks here every time.
   */
  readonly credential: Credential;
  /** Forgets a token that the vault refuses. */
  refuse(token: string): void;
  close(): void;
}

export function createTokens(credential: Credential): Tokens {
  let held: Token | undefined;
  let login: Login | undefined;

  async function ask(scopes: Scopes, options: Options): Promise<Token> {
    let token: Token | null;
    try {
      token = await credential.getToken(scopes, options);
    } catch (error) {
      throw new KeyVaultFault(classifyLogin(error));
    }
    if (token === null) throw new KeyVaultFault(NO_TOKEN);
    return token;
  }

  function logIn(scopes: Scopes, options: Options): Login {
    const key = [scopes, options.tenantId, options.claims].join(' ');
    if (login?.key === key) return login;
    const controller = new AbortController();
    const token = ask(scopes, { ...options, abortSignal: controller.signal });
    const started: Login = { key, token, controller, waiting: 0 };
    login = started;
    const end = (given?: Token) => {
      if (login !== started) return;
      login = undefined;
      if (given) held = given;
    };
    token.then(end, () => end());
    return started;
  }

  /** Waits for a login, which ends with the last who waits for it. */
  async function join(joined: Login, signal: Signal | undefined): Promise<Token> {
    joined.waiting += 1;
    try {
      return await orAbort(joined.token, signal);
    } finally {
      joined.waiting -= 1;
      if (joined.waiting === 0) {
        if (login === joined) login = undefined;
        joined.controller.abort();
      }
    }
  }

  async function current(scopes: Scopes, options: Options): Promise<Token> {
    const left = (held?.expiresOnTimestamp ?? 0) - Date.now();
    if (held === undefined || left < LATE_MS) return await join(logIn(scopes, options), options.abortSignal);
    // Nobody waits for it. When it fails, a later read tries again.
    if (left < EARLY_MS || (held.refreshAfterTimestamp ?? Infinity) < Date.now()) logIn(scopes, options);
    return held;
  }

  return {
    credential: {
      getToken: async (scopes, options = {}) => ({
        ...(await current(scopes, options)),
        expiresOnTimestamp: 0,
      }),
    },
    refuse(token) {
      if (held?.token === token) held = undefined;
    },
    close() {
      held = undefined;
      login?.controller.abort();
      login = undefined;
    },
  };
}

function orAbort<T>(promise: Promise<T>, signal: Signal | undefined): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = () => reject(new DOMException('the login is no longer waited for', 'AbortError'));
    if (signal?.aborted) stop();
    signal?.addEventListener('abort', stop);
    promise.then(resolve, reject).finally(() => signal?.removeEventListener('abort', stop));
  });
}

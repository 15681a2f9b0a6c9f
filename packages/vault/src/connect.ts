import type { Fetched, Locator, Outcome, SecretMetadata } from '@keyturn/core';
import { toFault } from './classify.ts';
import { faultOf, VaultFault } from './fault.ts';
import { outcomeOf, type Place, placeOf, readMetadata, readValue } from './kv.ts';
import { logIn, toRenewal } from './login.ts';
import { createMounts, type Mounts, pinnedMounts, type Read } from './mounts.ts';
import { createApi } from './node-vault.ts';
import type { NodeVaultClient, VaultConnectionOptions, VaultOptions } from './options.ts';
import { fullPath } from './paths.ts';
import { createSession, ended } from './session.ts';
import { readSettings } from './settings.ts';
import { orAbort } from './single-flight.ts';
import { createTransport } from './transport.ts';

/** An open connection to one store. */
export interface Store {
  fetch(locator: Locator, signal: AbortSignal): Promise<Outcome<Fetched>>;
  describe(locator: Locator, signal: AbortSignal): Promise<Outcome<SecretMetadata>>;
  /** The store's own time now, where it has told it. */
  time(): Date | undefined;
  close(): Promise<void>;
}

interface Connection extends Pick<Store, 'time' | 'close'> {
  readonly read: Read;
}

/** How long the end of a session may take, in milliseconds; the token then lives out its time. */
const REVOKE_MS = 1_000;

/** Reads options and environment, and loads node-vault; makes no call. */
export async function connect(options: VaultOptions, concurrency: number): Promise<Store> {
  const { prefix = '', kv, mount, rotatedAtKey } = options;
  if (mount !== undefined && kv !== 2) {
    throw faultOf('Misconfigured', '`mount` is taken with `kv: 2` only: otherwise the path alone says it');
  }
  const { read, time, close } =
    options.client === undefined ? await open(options, concurrency) : handedIn(options.client);
  const mounts = kv === undefined ? createMounts(read) : pinnedMounts(kv, mount);

  async function answer<T>(
    locator: Locator,
    signal: AbortSignal,
    ask: (place: Place, read: Read, signal: AbortSignal) => Promise<Outcome<T>>,
  ): Promise<Outcome<T>> {
    const path = fullPath(prefix, locator.path);
    let place: Place | undefined;
    try {
      place = placeOf(path, await mounts.find(path, signal), locator, rotatedAtKey);
      return await ask(place, read, signal);
    } catch (error) {
      return outcomeOf(named(error, mounts, place), place);
    }
  }

  return {
    fetch: (locator, signal) => answer(locator, signal, readValue),
    describe: (locator, signal) => answer(locator, signal, readMetadata),
    time,
    close,
  };
}

/** What the error means here, where it is known how the mount and the token were come by. */
function named(error: unknown, mounts: Mounts, place: Place | undefined): unknown {
  if (!(error instanceof VaultFault)) return error;
  if (error.signs.invalidToken) return ended();
  if (!error.signs.versioned || place === undefined) return error;
  return mounts.forget(place.mount)
    ? faultOf('Unavailable', `the mount "${place.mount.path}" has just become KV version 2: read again`)
    : faultOf('Misconfigured', `the mount "${place.mount.path}" is KV version 2: correct the option \`kv\``);
}

async function open(options: VaultConnectionOptions, concurrency: number): Promise<Connection> {
  const { env } = process;
  const { address, namespace, auth, tls } = await readSettings(options, env);
  const transport = createTransport(address, tls, concurrency, env);
  const api = await createApi(transport, { endpoint: address.href, namespace });
  const session = createSession({
    login: (signal) => logIn(auth, api, env, signal),
    renew: async (token, signal) =>
      toRenewal(await api.write('auth/token/renew-self', {}, { token, signal })),
    lookup: (token, signal) => api.read('auth/token/lookup-self', { token, signal }),
    revoke: (token, signal) => api.write('auth/token/revoke-self', {}, { token, signal }),
  });
  return {
    read: (path, signal) => session.use((token) => api.read(path, { token, signal }), signal),
    time: transport.serverTime,
    async close() {
      await session.close(AbortSignal.timeout(REVOKE_MS)).catch(() => undefined);
      transport.close();
    },
  };
}

/** Its calls go on when we no longer wait, since it takes no signal. */
function handedIn(client: NodeVaultClient): Connection {
  return {
    async read(path, signal) {
      signal.throwIfAborted();
      try {
        return await orAbort(client.read(path), signal);
      } catch (error) {
        signal.throwIfAborted();
        throw toFault(error) ?? error;
      }
    },
    time: () => undefined,
    close: async () => undefined,
  };
}

import { classifier } from './classify.ts';
import { failureNames } from './failure-names.ts';

/** Makes one request; once more, with new credentials, where AWS took the old ones for expired or unknown. */
export type Request<Sender> = <Output>(send: (client: Sender) => Promise<Output>) => Promise<Output>;

/** What tells credentials from others. */
interface Identity {
  readonly accessKeyId: string;
  readonly sessionToken?: string;
}

/** What is used here of a client of the SDK: its credentials, which it keeps until shortly before they expire. */
export interface Renewable {
  readonly config: {
    readonly credentials: (options?: { readonly forceRefresh?: boolean }) => Promise<Identity>;
  };
}

/** AWS's words for credentials that were good once, or have been replaced. */
const STALE_CREDENTIALS = new Set(['ExpiredTokenException', 'UnrecognizedClientException']);

/** Requests of our own client. The SDK renews credentials before they expire, but not when AWS refuses them. */
export function renewing<Client extends Renewable>(client: Client): Request<Client> {
  const { credentials } = client.config;
  let renewals = 0;
  let renewal: Promise<Identity> | undefined;

  return async (send) => {
    await renewal?.catch(() => undefined);
    const seen = renewals;
    const used = await credentials().catch(withoutCredentials);
    try {
      return await send(client);
    } catch (error) {
      if (!(error instanceof Error && STALE_CREDENTIALS.has(error.name))) throw error;
      // All requests that were under way with the old credentials share one renewal.
      if (renewals === seen) {
        renewals += 1;
        renewal = credentials({ forceRefresh: true }).catch(withoutCredentials);
      }
      const renewed = await renewal;
      const same = renewed?.accessKeyId === used.accessKeyId && renewed.sessionToken === used.sessionToken;
      if (same) throw error;
      return await send(client);
    }
  };
}

const classify = classifier(failureNames());

/** What a function of the caller's throws has no name that says where it comes from. */
function withoutCredentials(error: unknown): never {
  if (classify(error) !== undefined) throw error;
  throw Object.assign(new Error('credentials'), { name: 'CredentialsProviderError' });
}

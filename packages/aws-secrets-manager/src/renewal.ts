import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { classify } from './classify.ts';

/** What is used of a client that was handed in. */
export type Sender = Pick<SecretsManagerClient, 'send'>;

/** Makes one request; once more, with new credentials, where AWS took the old ones for expired or unknown. */
export type Request = <Output>(send: (client: Sender) => Promise<Output>) => Promise<Output>;

/** AWS's words for credentials that were good once, or have been replaced. */
const STALE_CREDENTIALS = new Set(['ExpiredTokenException', 'UnrecognizedClientException']);

/** Requests of our own client. The SDK renews credentials before they expire, but not when AWS refuses them. */
export function renewing(client: SecretsManagerClient): Request {
  const { credentials } = client.config;
  let renewals = 0;
  let renewal: ReturnType<typeof credentials> | undefined;

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

/** What a function of the caller's throws has no name that says where it comes from. */
function withoutCredentials(error: unknown): never {
  if (classify(error) !== undefined) throw error;
  throw Object.assign(new Error('credentials'), { name: 'CredentialsProviderError' });
}

import { type Classified, ConfigError, type ErrorCode } from '@keyturn/core';
import { classifyLogin, isLoginError } from './login.ts';
import { networkMessage } from './network.ts';

/** A failure that is already named: its message is ours, and nothing of a vendor's error is kept. */
export class KeyVaultFault extends Error {
  readonly classified: Classified;

  constructor(classified: Classified) {
    super(classified.message);
    this.classified = classified;
  }
}

/** Whatever answered, it is no vault, or not all of its answer arrived. */
export const NO_VAULT: Classified = {
  code: 'Unavailable',
  message:
    'what came back is not an answer of Key Vault: check `vaultUrl` (AZURE_KEYVAULT_RESOURCEENDPOINT) and any proxy on the way',
};

/** What the SDK's RestError carries; of its text nothing is passed on, since it can quote a body. */
interface RestError extends Error {
  readonly code?: unknown;
  readonly statusCode?: unknown;
  readonly details?: { readonly error?: { readonly innerError?: { readonly code?: unknown } } };
  readonly response?: { readonly headers?: { get(name: string): string | undefined } };
}

type Failed = readonly [code: ErrorCode, message: string];

/**
 * The inner codes of a 403. https://learn.microsoft.com/azure/key-vault/general/rest-error-codes has the firewall and
 * the policy; for SecretDisabled see https://github.com/Azure/azure-sdk-for-js/issues/24756.
 */
const FORBIDDEN: ReadonlyMap<unknown, Failed> = new Map<unknown, Failed>([
  ['SecretDisabled', ['Disabled', 'this version is disabled: enable it, or refer to another version']],
  [
    'ForbiddenByRbac',
    [
      'AccessDenied',
      'no role grants this: assign "Key Vault Secrets User" on the vault, and wait some minutes',
    ],
  ],
  ['ForbiddenByFirewall', ['AccessDenied', "the vault's firewall lets no requests in from this network"]],
  ['ForbiddenByConnection', ['AccessDenied', 'the vault can be reached by its private endpoints only']],
]);

/** Any other 403, ForbiddenByPolicy too. */
const DENIED: Failed = [
  'AccessDenied',
  'the vault denies it: grant the role "Key Vault Secrets User", or by its access policy the secret permission get, and list for metadata',
];

/** The challenge names another resource than the vault's domain, or none: keyVaultAuthenticationPolicy of the SDK. */
const CHALLENGE = /^The challenge (resource|contains|authorization URI) /;

/** The provider's `classify`: a table over the name, then the code, then the HTTP status. */
export function classify(error: unknown): Classified | undefined {
  if (error instanceof KeyVaultFault) return error.classified;
  if (error instanceof ConfigError) return { code: 'Misconfigured', message: error.message };
  if (!(error instanceof Error)) return undefined;
  if (isLoginError(error)) return classifyLogin(error);
  if (error.name === 'AbortError')
    return { code: 'Unavailable', message: 'the call ended without an answer' };
  if (error.name === 'RestError') return classifyRest(error);
  if ('code' in error && error.code === 'ERR_MODULE_NOT_FOUND') return NO_SDK;
  if (error.message.startsWith('Cannot connect to http:')) return INSECURE;
  return CHALLENGE.test(error.message) ? WRONG_RESOURCE : undefined;
}

const NO_SDK: Classified = { code: 'Misconfigured', message: '@azure/keyvault-secrets is not installed' };

/** Of a client that was handed in: our own is never made for such a URL. */
const INSECURE: Classified = {
  code: 'Misconfigured',
  message: 'the client has a vault at http://, where Key Vault speaks https:// only',
};

const WRONG_RESOURCE: Classified = {
  code: 'Misconfigured',
  message:
    'the server asks for a token of another domain than that of `vaultUrl`, so it got none: correct `vaultUrl`; for an emulator, hand in a client with disableChallengeResourceVerification',
};

function classifyRest(error: RestError): Classified {
  const { code, statusCode, response } = error;
  if (typeof statusCode !== 'number') {
    const message = typeof code === 'string' ? networkMessage(code) : undefined;
    return message === undefined ? NO_VAULT : { code: 'Unavailable', message: `${message} (${code})` };
  }
  const [named, message] = failureOf(error, statusCode);
  const requestId = response?.headers?.get('x-ms-request-id');
  const retryAfterMs = retryAfter(response?.headers?.get('retry-after'));
  return {
    code: named,
    message,
    status: statusCode,
    ...(requestId !== undefined && { requestId }),
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  };
}

/** Statuses that mean something about a secret count only with Key Vault's own body, which has a code. */
function failureOf({ code, details }: RestError, status: number): Failed {
  if (status === 401) return ['Unauthenticated', 'the vault refuses the token: is it of the same tenant?'];
  if (status === 429) return ['Throttled', 'Key Vault asks for fewer requests'];
  if (status >= 500 || status === 408) return ['Unavailable', `Key Vault failed to answer (HTTP ${status})`];
  if (typeof code !== 'string') return noVault(status);
  if (status === 404) return ['NotFound', 'the vault has no such secret or version'];
  if (status === 403) return FORBIDDEN.get(details?.error?.innerError?.code) ?? DENIED;
  if (status === 400) return ['InvalidReference', 'Key Vault takes the name or the version for invalid'];
  return noVault(status);
}

function noVault(status: number): Failed {
  return [NO_VAULT.code, `${NO_VAULT.message} (HTTP ${status})`];
}

/** `Retry-After` in seconds or as a date (RFC 9110, section 10.2.3), in milliseconds. */
function retryAfter(value: string | undefined): number | undefined {
  if (value === undefined) return undefined;
  if (/^\d+$/.test(value)) return Number(value) * 1000;
  const at = Date.parse(value);
  return Number.isNaN(at) ? undefined : Math.max(0, at - Date.now());
}

import type { Classified } from '@keyturn/core';
import { networkMessage } from './network.ts';

/** The names of @azure/identity's errors: https://learn.microsoft.com/javascript/api/@azure/identity. */
const NAMES = new Set([
  'AggregateAuthenticationError',
  'AuthenticationError',
  'AuthenticationRequiredError',
  'CredentialUnavailableError',
]);

/** MSAL's words for a login service that did not answer, or is down; some credentials pass on nothing else. */
const UNREACHABLE = /\b(endpoints_resolution_error|network_error|temporarily_unavailable)\b/;

interface LoginError extends Error {
  /** Of an AuthenticationError or a RestError. */
  readonly statusCode?: unknown;
  /** Of a RestError. */
  readonly code?: unknown;
  /** Of an AggregateAuthenticationError. */
  readonly errors?: unknown;
}

/** True for what a credential of @azure/identity throws by itself. */
export function isLoginError(error: Error): boolean {
  return NAMES.has(error.name);
}

/** Names whatever a credential threw, when it was asked for a token. */
export function classifyLogin(error: unknown): Classified {
  if (!(error instanceof Error)) return NO_TOKEN;
  const { name, message, code, errors }: LoginError = error;
  if (name === 'AggregateAuthenticationError') return classifyChain(errors);
  if (typeof code === 'string' && networkMessage(code) !== undefined) return unreachable(` (${code})`);
  const status = statusOf(error);
  if (status === 429) return { code: 'Throttled', message: 'the login service asks for fewer logins' };
  if (status !== undefined && status >= 500) return unreachable(` (HTTP ${status})`);
  if (UNREACHABLE.test(message)) return unreachable();
  return status !== undefined && NAMES.has(name) ? REFUSED : NO_TOKEN;
}

/** Of a chain's credentials, the first that was set up and tried. What the others lack says nothing. */
function classifyChain(errors: unknown): Classified {
  const all: readonly unknown[] = Array.isArray(errors) ? errors : [];
  return (
    all
      .filter((error) => error instanceof Error && error.name === 'AuthenticationRequiredError')
      .map(classifyLogin)
      .find((classified) => classified !== NO_TOKEN) ?? NO_TOKEN
  );
}

/** The HTTP status of the login service: an AuthenticationRequiredError has it in MSAL's ServerError, its cause. */
function statusOf({ statusCode, cause }: LoginError): number | undefined {
  const status = cause instanceof Error && 'status' in cause ? cause.status : statusCode;
  return typeof status === 'number' ? status : undefined;
}

export const NO_TOKEN: Classified = {
  code: 'Unauthenticated',
  message:
    'no credential gives a token: give the option `credential`, or set up one that DefaultAzureCredential finds',
};

const REFUSED: Classified = {
  code: 'Unauthenticated',
  message: 'Microsoft Entra ID refuses the credentials: they are wrong, or have expired',
};

function unreachable(detail = ''): Classified {
  return { code: 'Unavailable', message: `the login service gives no answer${detail}` };
}

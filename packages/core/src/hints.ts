import type { ErrorCode } from './provider.ts';

/** For each code: what happened, when the store said no more, and what to do. */
const TEXTS: Readonly<Record<ErrorCode, readonly [message: string, hint: string]>> = {
  NotFound: ['not found', 'Create it there, correct the reference, or mark it optional.'],
  AccessDenied: [
    'the store denies access',
    'Grant the permission that the docs page of this provider names.',
  ],
  Unauthenticated: ['no valid credentials', 'Log in, or give the provider credentials that are valid now.'],
  Throttled: ['the store asked us to slow down', 'Try again later, or ask for a higher quota.'],
  Unavailable: ['no valid answer could be had', 'Check that the store is up and reachable, then try again.'],
  InvalidReference: ['the reference cannot name anything in this store', 'Correct the reference.'],
  InvalidValue: ['the value is not of the asked form', 'Correct the value in the store, or the conversion.'],
  Disabled: ['it is deleted, disabled or destroyed', 'Restore or enable it, or refer to another version.'],
  Misconfigured: ['the provider is not configured', "Correct the provider's options."],
  Refused: ['our own policy refused it', 'Meet the policy, or change it in the config.'],
  Unknown: [
    'an error of an unknown kind',
    'Try again; if it stays, see what the store itself logs, and report it to the author of the provider.',
  ],
};

export const ERROR_CODES: readonly string[] = Object.keys(TEXTS);

/** What happened, in a few words. */
export function defaultMessage(code: ErrorCode): string {
  return TEXTS[code][0];
}

/** What to do about a code. */
export function hintFor(code: ErrorCode): string {
  return TEXTS[code][1];
}

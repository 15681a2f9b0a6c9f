import { KEY } from '../../packages/keyturn/test/support/audit.ts';
import { KINDS, leaksIn, NEEDLES } from './search.ts';

export const FINGERPRINT_KEY = Buffer.alloc(32, 'canary7-fingerprints');
/** The keys are values too. */
const needles = [...NEEDLES, KEY.seed.toString('latin1')];
export const kinds = Object.entries(KINDS);

/** As much of a value as a caller may put into a reason. */
export const textOf = (value: string | Uint8Array) => Buffer.from(value).toString('latin1').slice(0, 1_000);

/** The places that show a canary. */
export function leaking(places: Readonly<Record<string, string>>): string[] {
  return Object.entries(places).flatMap(([place, text]) =>
    leaksIn(text, needles).length > 0 ? [place] : [],
  );
}

import { validate } from './conversions.ts';
import type { Failure } from './errors.ts';
import { defaultMessage, hintFor } from './hints.ts';
import { absenceOf, type Detailed, type Source } from './manifest.ts';
import type { Item } from './plan.ts';
import type { ErrorCode, Fetched, Outcome, SecretMetadata } from './provider.ts';
import { isConversion, Unconvertible } from './schema.ts';
import { Cut, racedInTurn } from './scope.ts';
import { Secret } from './secret.ts';
import { type Picked, pick } from './value.ts';
import type { Answer } from './walk.ts';

/** What the conversion of an answer needs to know of its resolver. */
export interface ConvertContext {
  readonly allowDefaults: boolean;
  readonly environment: string | undefined;
  readonly signal: AbortSignal;
}

/** From an answer to the value that the app gets, or the failure that it is told of. */
export async function convert(answer: Answer, context: ConvertContext): Promise<Detailed<unknown> | Failure> {
  const { item, outcome } = answer;
  const { entry } = item;
  if (!outcome.ok) return missing(answer, outcome.code, outcome.message, context);

  const picked = pickStored(item, outcome.value);
  if (!picked.ok) return missing(answer, picked.code, picked.message, context);
  const { value } = picked;

  const empty = (typeof value === 'string' || value instanceof Uint8Array) && value.length === 0;
  if (empty && !entry.allowEmpty) {
    const absence = absenceOf(entry, context.allowDefaults);
    if (absence === 'default' || absence === 'absent') return stand(answer, absence);
    return failure(item, 'InvalidValue', 'is empty', 'Fill it in, or say allowEmpty: true.');
  }

  const { metadata } = outcome.value;
  const { source = 'store' } = outcome;
  if (entry.as === undefined) return detailed(answer, value, source, metadata);
  try {
    const converted = validate(entry.as, value);
    const output = converted instanceof Promise ? await racedInTurn(converted, context.signal) : converted;
    return detailed(answer, output, source, metadata);
  } catch (error) {
    if (error instanceof Unconvertible) return failure(item, 'InvalidValue', error.problem);
    if (error instanceof Cut) return failure(item, 'Unavailable', `its schema gave ${error.message}`);
    throw error;
  }
}

/** What is stored for an item: its field of what was read, in the form that its conversion takes. */
export function pickStored({ entry, reference }: Item, fetched: Fetched): Outcome<Picked> {
  const takes = entry.as && isConversion(entry.as) ? entry.as.takes : 'text';
  return pick(fetched, reference.field, takes);
}

/** Absence is answered by the entry's own default or `optional`; everything else is a failure. */
function missing(
  answer: Answer,
  code: ErrorCode,
  message: string | undefined,
  { allowDefaults, environment }: ConvertContext,
): Detailed<unknown> | Failure {
  const { item } = answer;
  const text = message ?? `${defaultMessage(code)} in ${item.reference.provider} (${answer.provider.kind})`;
  if (code !== 'NotFound') return failure(item, code, text);
  const absence = absenceOf(item.entry, allowDefaults);
  if (absence === 'default' || absence === 'absent') return stand(answer, absence);
  if (!Object.hasOwn(item.entry, 'default')) return failure(item, code, text);
  const where = environment === undefined ? 'here' : `in ${environment}`;
  return failure(
    item,
    code,
    `${text}; a default exists, but ${where} sensitive secrets may not use theirs`,
    'Create it, or set allowDefaults: true for this environment.',
  );
}

function stand(answer: Answer, source: 'default' | 'absent'): Detailed<unknown> {
  return detailed(answer, source === 'default' ? answer.item.entry.default : undefined, source);
}

function detailed(
  { item, provider }: Answer,
  value: unknown,
  source: Source,
  metadata: SecretMetadata = {},
): Detailed<unknown> {
  const hidden = item.entry.sensitive !== false && source !== 'absent';
  return {
    ...metadata,
    value: hidden ? new Secret(value) : value,
    source,
    reference: item.shown,
    provider: item.reference.provider,
    kind: provider.kind,
  };
}

function failure(item: Item, code: ErrorCode, message: string, hint = hintFor(code)): Failure {
  return { name: item.name, reference: item.shown, code, message, hint };
}

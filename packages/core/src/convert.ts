import { validate } from './conversions.ts';
import type { Failure } from './errors.ts';
import { defaultMessage, hintFor } from './hints.ts';
import { absenceOf, type Detailed, type Source } from './manifest.ts';
import type { Item } from './plan.ts';
import type { ErrorCode, Fetched, Outcome, SecretMetadata } from './provider.ts';
import type { Redactor } from './redactor.ts';
import { isConversion, Unconvertible } from './schema.ts';
import { Cut, racedInTurn } from './scope.ts';
import { Secret } from './secret.ts';
import { type Picked, pick } from './value.ts';
import type { Answer } from './walk.ts';

/** What came of one name: its value, or why there is none. */
export type Result = Detailed<unknown> | Failure;

/** What the conversion of an answer needs to know of its resolver. */
export interface ConvertContext {
  readonly allowDefaults: boolean;
  readonly environment: string | undefined;
  readonly signal: AbortSignal;
  readonly redactor: Pick<Redactor, 'add'> | undefined;
}

/** From an answer to the value that the app gets, or the failure that it is told of. */
export async function convert(answer: Answer, context: ConvertContext): Promise<Result> {
  const { item, outcome } = answer;
  const { entry } = item;
  if (!outcome.ok) return missing(answer, outcome.code, outcome.message, context);

  const picked = pickStored(item, outcome.value);
  if (!picked.ok) return missing(answer, picked.code, picked.message, context);
  const { value } = picked;

  const empty = (typeof value === 'string' || value instanceof Uint8Array) && value.length === 0;
  if (empty && !entry.allowEmpty) {
    const absence = absenceOf(entry, context.allowDefaults);
    if (absence === 'default' || absence === 'absent') return stand(answer, absence, context);
    return failure(item, 'InvalidValue', 'is empty', 'Fill it in, or say allowEmpty: true.');
  }

  // Before a schema, which is the app's own code, sees it.
  tellRedactor(item, value, context);
  const { metadata } = outcome.value;
  const { source = 'store' } = outcome;
  if (entry.as === undefined) return detailed(answer, value, source, metadata);
  try {
    const converted = validate(entry.as, value);
    const output = converted instanceof Promise ? await racedInTurn(converted, context.signal) : converted;
    // Other objects are made of the stored text, whose parts the redactor knows.
    const isText = typeof output !== 'object' || Array.isArray(output) || output instanceof Uint8Array;
    if (isText) tellRedactor(item, output, context);
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
  context: ConvertContext,
): Result {
  const { item } = answer;
  const { allowDefaults, environment } = context;
  const text = message ?? `${defaultMessage(code)} in ${item.reference.provider} (${answer.provider.kind})`;
  if (code !== 'NotFound') return failure(item, code, text);
  const absence = absenceOf(item.entry, allowDefaults);
  if (absence === 'default' || absence === 'absent') return stand(answer, absence, context);
  if (!Object.hasOwn(item.entry, 'default')) return failure(item, code, text);
  const where = environment === undefined ? 'here' : `in ${environment}`;
  return failure(
    item,
    code,
    `${text}; a default exists, but ${where} sensitive secrets may not use theirs`,
    'Create it, or set allowDefaults: true for this environment.',
  );
}

function stand(answer: Answer, source: 'default' | 'absent', context: ConvertContext): Detailed<unknown> {
  if (source === 'absent') return detailed(answer, undefined, source);
  const value = answer.item.entry.default;
  tellRedactor(answer.item, value, context);
  return detailed(answer, value, source);
}

/** Tells what to mask of a value that is to be handed out: a document as its JSON, a list as its items. */
function tellRedactor({ entry, shown }: Item, value: unknown, { redactor }: ConvertContext): void {
  if (redactor === undefined || entry.sensitive === false) return;
  redactor.add((Array.isArray(value) ? value : [value]).map(textOf), shown);
}

function textOf(value: unknown): string | Uint8Array {
  if (value instanceof Uint8Array) return value;
  if (typeof value !== 'object') return String(value);
  try {
    return JSON.stringify(value) ?? '';
  } catch {
    // A circle or a BigInt, which only the app's own code can have made.
    return '';
  }
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

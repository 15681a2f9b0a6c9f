import type { Parameter } from '@aws-sdk/client-ssm';
import { objects, texts } from '@keyturn/aws';
import type { Fetched, Locator, Outcome } from '@keyturn/core';
import type { Connection } from './connection.ts';
import { bareName } from './names.ts';
import { rounds, type Target } from './targets.ts';

/** Reads targets, decrypted: in one call, unless a parameter is asked for twice. */
export async function readTargets(
  connection: Connection,
  targets: readonly Target[],
  signal: AbortSignal,
): Promise<Map<Locator, Outcome<Fetched>>> {
  const answers = await Promise.all(rounds(targets).map((round) => readRound(connection, round, signal)));
  return new Map(answers.flatMap((answer) => [...answer]));
}

/**
 * One GetParameters call. Its answer is sorted by name, not by request, and has a
 * separate list of those that do not exist.
 *
 * https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetParameters.html
 */
async function readRound(
  { sdk, request }: Connection,
  round: ReadonlyMap<string, Target>,
  signal: AbortSignal,
): Promise<Map<Locator, Outcome<Fetched>>> {
  const targets = [...round.values()];
  const Names = targets.map(({ name, selector }) => name + selector);
  const command = new sdk.GetParametersCommand({ Names, WithDecryption: true });
  const { Parameters, InvalidParameters } = await request((client) =>
    client.send(command, { abortSignal: signal }),
  );
  const found = new Map(
    objects(Parameters).map((parameter) => [bareName(String(parameter.Name)), parameter]),
  );
  const missing = new Set(texts(InvalidParameters).map(bareName));
  return new Map(
    targets.map((target) => {
      if (missing.has(target.bare)) return [target.locator, notFound(target)];
      return [target.locator, toOutcome(found.get(target.bare))];
    }),
  );
}

function notFound({ selector, locator }: Target): Outcome<never> {
  const [kind] = Object.keys(locator.params);
  const message =
    selector === ''
      ? 'Parameter Store has no such parameter'
      : `Parameter Store has no such parameter, or it has no ${kind} ${selector.slice(1)}`;
  return { ok: false, code: 'NotFound', message };
}

function toOutcome(parameter: Parameter | undefined): Outcome<Fetched> {
  const { Value, Version, LastModifiedDate, SourceResult } = parameter ?? {};
  if (typeof Value !== 'string') {
    return {
      ok: false,
      code: 'Unavailable',
      message: 'the answer of Parameter Store leaves the parameter out',
    };
  }
  // For a secret of Secrets Manager, version and date are those of the reference, not of the value.
  if (SourceResult !== undefined) return { ok: true, value: { value: Value } };
  const metadata = {
    ...(Version !== undefined && { version: String(Version) }),
    ...(LastModifiedDate !== undefined && { createdAt: LastModifiedDate }),
  };
  return { ok: true, value: { value: Value, metadata } };
}

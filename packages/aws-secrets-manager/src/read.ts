import { type ErrorCode, type FetchOptions, inParallel } from '@keyturn/core';
import { readBatch, readOne } from './calls.ts';
import { classify, isKeyDenied } from './classify.ts';
import type { Connection } from './connection.ts';
import { failed, type Outcomes } from './outcomes.ts';
import { IN_FLIGHT, type Target } from './targets.ts';

/** The policy statement that lets twenty secrets travel in one call. */
const BATCH_DENIED =
  'BatchGetSecretValue is denied, so every secret is read by a call of its own. To read twenty a call, allow it: ' +
  '{ "Effect": "Allow", "Action": "secretsmanager:BatchGetSecretValue", "Resource": "*" }';

/** Failures of a whole batch that single reads may not have: one secret's fault, or the batch's own lower quota. */
const READ_SINGLY: readonly ErrorCode[] = [
  'AccessDenied',
  'Throttled',
  'NotFound',
  'Disabled',
  'InvalidReference',
];

/** Reads targets: twenty a call where that is allowed. */
export function createReader() {
  let batchDenied = false;

  /** What a batch says, and nothing of what it leaves open. */
  const tryBatch = async (
    connection: Connection,
    targets: readonly Target[],
    { signal, warn }: FetchOptions,
  ): Promise<Outcomes> => {
    try {
      return await readBatch(connection, targets, signal);
    } catch (error) {
      const code = classify(error)?.code;
      if (code === undefined || !READ_SINGLY.includes(code)) throw error;
      if (code === 'AccessDenied' && !isKeyDenied(error)) {
        batchDenied = true;
        warn(BATCH_DENIED);
      }
      return new Map();
    }
  };

  return async (
    connection: Connection,
    targets: readonly Target[],
    options: FetchOptions,
  ): Promise<Outcomes> => {
    const { signal } = options;
    const [first] = targets;
    if (first === undefined) return new Map();
    if (targets.length === 1) return new Map([[first.locator, await readOne(connection, first, signal)]]);
    const outcomes = batchDenied ? new Map() : await tryBatch(connection, targets, options);
    const open = targets.filter(({ locator }) => !outcomes.has(locator));
    await inParallel(open, IN_FLIGHT, async (target) => {
      outcomes.set(target.locator, await readOne(connection, target, signal).catch(failed));
    });
    signal.throwIfAborted();
    return outcomes;
  };
}

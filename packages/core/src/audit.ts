import { traceOf } from './audit-context.ts';
import type { AuditEvent } from './audit-event.ts';
import { createFingerprint } from './audit-fingerprint.ts';
import type { AuditOptions } from './audit-options.ts';
import { readProcess } from './audit-process.ts';
import { type AuditQueue, createQueue } from './audit-queue.ts';
import { AuditedSecret } from './audit-secret.ts';
import type { Result } from './convert.ts';
import { ConfigError, type Failure } from './errors.ts';
import type { ResolveOptions } from './options.ts';
import type { Item } from './plan.ts';
import type { Fetched, Provider } from './provider.ts';
import { Cut, openScope, raced } from './scope.ts';
import { Secret } from './secret.ts';

/** What came of one name, and what it was read from. */
export interface AuditSubject {
  readonly result: Result;
  /** Left out where the reference is wrong. */
  readonly item?: Item;
  /** The provider that answered, or would have. */
  readonly provider?: Provider;
  readonly fetched?: Fetched;
}

/** The resolve that the subjects belong to. */
export interface AuditAccess {
  readonly options: ResolveOptions;
  /** It was of a reference, which then stands for its own name. */
  readonly isBare: boolean;
  /** Both by `performance.now()`. */
  readonly begunAt: number;
  readonly deadline: number;
}

/** Puts every access on the record. */
export interface Audit {
  /**
   * Ends when the sinks that are awaited have the events, or have failed. Gives what is to be told: the same results,
   * or a Refused for each where a sink that may refuse has failed. Rejects only with the caller's abort reason.
   */
  record(subjects: readonly AuditSubject[], access: AuditAccess): Promise<readonly Result[]>;
  /** As `record`, of failures that are told at once: nobody waits, and no sink refuses. */
  note(subjects: readonly AuditSubject[]): void;
  /** Writes what remains and closes the sinks. What is revealed later is still recorded. */
  close(): Promise<void>;
}

export interface AuditHooks {
  readonly environment: string | undefined;
  /** The limit of closing. */
  readonly deadlineMs: number;
  /** Tells the operator each time. Never throws. */
  readonly tell: (message: string) => void;
}

/** How long a sink has at least: a resolve that used up its deadline is on the record too. */
const LEAST_MS = 1_000;

export function createAudit(options: AuditOptions, { environment, deadlineMs, tell }: AuditHooks): Audit {
  const queues = options.sinks.map((sink) => createQueue(sink, tell));
  const refusing = queues.filter(({ sink }) => sink.awaited && sink.onFailure === 'refuse');
  const others = queues.filter((queue) => !refusing.includes(queue));
  const fingerprint = options.fingerprintKey && createFingerprint(options.fingerprintKey);
  const self = readProcess(options.app);
  let keyFails = false;
  /** The key is still to come, and somebody has lost patience: nobody else waits for it. */
  let keyIsLate = false;

  /** In the order of the subjects; none where there is no key. */
  async function fingerprintsOf(
    subjects: readonly AuditSubject[],
    access: AuditAccess,
  ): Promise<readonly (string | undefined)[]> {
    if (!fingerprint || !subjects.some(isStored)) return [];
    const making = Promise.all(
      subjects.map(async (subject) => {
        const { item, fetched } = subject;
        return item && fetched && isStored(subject) ? fingerprint(item, fetched) : undefined;
      }),
    );
    const ended = () => {
      keyIsLate = false;
    };
    making.then(ended, ended);
    if (keyIsLate) return [];
    const { signal } = access.options;
    const scope = openScope(limitOf(access), 'it was not given in time', [signal]);
    try {
      const prints = await raced(making, scope.signal);
      keyFails = false;
      return prints;
    } catch (error) {
      signal?.throwIfAborted();
      keyIsLate = error instanceof Cut;
      const why =
        error instanceof ConfigError || error instanceof Cut ? error.message : 'its function failed';
      if (!keyFails) tell(`there is no key for fingerprints, so events are without: ${why}`);
      keyFails = true;
      return [];
    } finally {
      scope.close();
    }
  }

  function eventOf(subject: AuditSubject, access: AuditAccess, print: string | undefined): AuditEvent {
    const { result, item, provider } = subject;
    const { reference } = result;
    const { actor = options.actor, reason, traceparent } = access.options;
    const name = 'code' in result ? result.name : (item?.name ?? reference);
    return {
      ...stamp(),
      action: 'resolve',
      name: access.isBare ? reference : name,
      reference,
      ...(item && { provider: item.reference.provider }),
      ...(provider && { kind: provider.kind }),
      ...('code' in result ? { outcome: result.code } : givenOf(result)),
      // More digits than microseconds would be noise.
      durationMs: Math.max(0, Math.round((performance.now() - access.begunAt) * 1_000) / 1_000),
      ...(environment !== undefined && { environment }),
      process: self,
      ...(actor !== undefined && { actor }),
      ...(reason !== undefined && { reason }),
      ...traceOf(traceparent),
      ...(print !== undefined && { fingerprint: print }),
    };
  }

  /** The first sink without which nothing is handed out, and which has failed. */
  async function refusalBy(
    events: readonly AuditEvent[],
    access: AuditAccess,
  ): Promise<AuditQueue | undefined> {
    const put = await Promise.all(refusing.map((queue) => putInto(queue, events, access)));
    return refusing[put.indexOf(false)];
  }

  /** Hides a value so that each time it is revealed is an event of its own. */
  function followed(result: Result, event: AuditEvent): Result {
    if (!options.reveals || 'code' in result || !(result.value instanceof Secret)) return result;
    const revealed = () => {
      const again: AuditEvent = { ...event, ...stamp(), action: 'reveal', durationMs: 0 };
      for (const queue of queues) queue.add([again]);
    };
    return { ...result, value: new AuditedSecret(result.value.reveal(), revealed) };
  }

  return {
    async record(subjects, access) {
      const prints = await fingerprintsOf(subjects, access);
      let events = subjects.map((subject, index) => eventOf(subject, access, prints[index]));
      let final = subjects;
      const refusedBy = await refusalBy(events, access);
      if (refusedBy) {
        final = subjects.map((subject) => ({ ...subject, result: refusal(subject, refusedBy) }));
        events = final.map((subject) => eventOf(subject, access, undefined));
      }
      const awaited = others.map((queue) =>
        queue.sink.awaited ? putInto(queue, events, access) : queue.add(events),
      );
      await Promise.all(awaited);
      return final.map(({ result }, index) => {
        const event = events[index];
        return event ? followed(result, event) : result;
      });
    },
    note(subjects) {
      const now = performance.now();
      const access = { options: {}, isBare: true, begunAt: now, deadline: now };
      const events = subjects.map((subject) => eventOf(subject, access, undefined));
      for (const queue of queues) queue.add(events);
    },
    async close() {
      await Promise.all(queues.map((queue) => queue.close(deadlineMs)));
    },
  };
}

function putInto(queue: AuditQueue, events: readonly AuditEvent[], access: AuditAccess): Promise<boolean> {
  return queue.put(events, limitOf(access), access.options.signal);
}

function limitOf({ deadline }: AuditAccess): number {
  return Math.max(LEAST_MS, deadline - performance.now());
}

/** Whether what was given is what is stored. */
function isStored({ result }: AuditSubject): boolean {
  return !('code' in result) && result.source !== 'default' && result.source !== 'absent';
}

function stamp(): Pick<AuditEvent, 'schema' | 'id' | 'time'> {
  return { schema: 1, id: crypto.randomUUID(), time: new Date().toISOString() };
}

function givenOf({
  source,
  version,
}: Exclude<Result, Failure>): Pick<AuditEvent, 'outcome' | 'source' | 'version'> {
  return { outcome: 'ok', source, ...(version !== undefined && { version }) };
}

function refusal({ result, item }: AuditSubject, { sink }: AuditQueue): Failure {
  const { reference } = result;
  return {
    name: 'code' in result ? result.name : (item?.name ?? reference),
    reference,
    code: 'Refused',
    message: `${sink.title} has not recorded the access, and nothing is handed out without`,
    hint: 'Repair what it writes to; or let the audit go on without it: onFailure: "warn".',
  };
}

import { textProblems } from './audit-context.ts';
import type { AuditSink } from './audit-event.ts';
import type { Problem } from './errors.ts';
import { unknownKeys } from './nearest.ts';

/** Who read which secret, when, from where and why: what is put on the record, and where that is. */
export interface AuditOptions {
  /** Where the events go: `auditFile()` and others of the package `keyturn`, or one of your own. */
  readonly sinks: readonly AuditSink[];
  /**
   * Gives the key of the fingerprints, 32 bytes or more. It is asked for once. What it throws is dropped, but for the
   * message of a ConfigError. @default no fingerprints
   */
  readonly fingerprintKey?: (() => Uint8Array | PromiseLike<Uint8Array>) | undefined;
  /** Whether each `reveal()` of a secret is an event too. @default false */
  readonly reveals?: boolean | undefined;
  /** Who asks, where a resolve does not say so itself. */
  readonly actor?: string | undefined;
  /** What asks. */
  readonly app?: { readonly name: string; readonly version?: string } | undefined;
}

const AUDIT_OPTIONS = ['sinks', 'fingerprintKey', 'reveals', 'actor', 'app'];
const NO_SINK = 'is no sink: write auditFile(…), or { title, awaited, write }';

/** What is wrong with the option `audit` of a resolver. */
export function auditProblems(audit: unknown, place: string): Problem[] {
  if (audit === undefined || audit === false) return [];
  if (!isRecord(audit))
    return [{ place, message: 'is no object: write { sinks: [auditFile(…)] }, or false' }];
  const problems = unknownKeys(place, audit, AUDIT_OPTIONS);
  const { sinks, fingerprintKey, reveals, actor, app } = audit;
  if (!Array.isArray(sinks) || sinks.length === 0) {
    problems.push({
      place: `${place}.sinks`,
      message: 'names no sink: write [auditFile(…)], or audit: false',
    });
  } else {
    problems.push(...sinks.flatMap((sink, at) => sinkProblems(sink, `${place}.sinks.${at}`)));
  }
  if (fingerprintKey !== undefined && typeof fingerprintKey !== 'function') {
    const message = 'is no function: give one that gives the bytes, as a Uint8Array';
    problems.push({ place: `${place}.fingerprintKey`, message });
  }
  if (reveals !== undefined && typeof reveals !== 'boolean') {
    problems.push({ place: `${place}.reveals`, message: 'is neither true nor false' });
  }
  problems.push(...textProblems(actor, `${place}.actor`));
  if (app === undefined) return problems;
  const here = `${place}.app`;
  if (!isRecord(app)) return [...problems, { place: here, message: 'is no object: write { name: "shop" }' }];
  problems.push(...unknownKeys(here, app, ['name', 'version']));
  if (app.name === undefined) problems.push({ place: here, message: 'has no name: write { name: "shop" }' });
  problems.push(...textProblems(app.name, `${here}.name`), ...textProblems(app.version, `${here}.version`));
  return problems;
}

function sinkProblems(sink: unknown, place: string): Problem[] {
  if (!isRecord(sink)) return [{ place, message: NO_SINK }];
  const { title, awaited, onFailure, write, close } = sink;
  const isSink = typeof title === 'string' && typeof awaited === 'boolean' && typeof write === 'function';
  if (!isSink || (close !== undefined && typeof close !== 'function')) return [{ place, message: NO_SINK }];
  if (onFailure !== undefined && onFailure !== 'warn' && onFailure !== 'refuse') {
    return [{ place: `${place}.onFailure`, message: 'is neither "warn" nor "refuse"' }];
  }
  if (onFailure !== 'refuse' || awaited) return [];
  const message = 'contradicts `awaited: false`: what nobody waits for cannot refuse';
  return [{ place: `${place}.onFailure`, message }];
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

import type { ErrorCode } from './provider.ts';

/** Where a process runs, as far as it can be told; what is not known is left out. */
export interface AuditProcess {
  readonly pid: number;
  readonly host: string;
  readonly user?: string;
  /** The program and the file it runs, without arguments: those can hold values. */
  readonly command: string;
  /** The app's name and version, as the options of the audit give them. */
  readonly app?: string;
  readonly appVersion?: string;
  readonly container?: string;
  /** Kubernetes: the pod and its namespace. */
  readonly pod?: string;
  readonly namespace?: string;
  /** AWS Lambda: the function's name and its instance's log stream. */
  readonly lambda?: string;
  readonly lambdaInstance?: string;
}

/**
 * What is on the record of one access to one secret; its names are stable. It never holds a value. What does not
 * apply is left out.
 */
export interface AuditEvent {
  readonly schema: 1;
  /** A UUID of its own. */
  readonly id: string;
  /** When it ended: ISO 8601, UTC, to the millisecond. */
  readonly time: string;
  readonly action: 'resolve' | 'reveal';
  /** The name in the manifest; of a bare reference, the reference. */
  readonly name: string;
  readonly reference: string;
  /** The user's name for the provider, and its kind; neither where a reference is wrong. */
  readonly provider?: string;
  readonly kind?: string;
  /** The store's name for the version that was read. */
  readonly version?: string;
  /** Where the value came from, where there is one. */
  readonly source?: 'store' | 'cache' | 'stale' | 'snapshot' | 'default' | 'absent';
  readonly outcome: 'ok' | ErrorCode;
  /** From the call to here, in milliseconds. */
  readonly durationMs: number;
  readonly environment?: string;
  readonly process: AuditProcess;
  /** Who asks, and why, as the caller says. */
  readonly actor?: string;
  readonly reason?: string;
  /** W3C Trace Context, from the caller's `traceparent`: 32 and 16 hex digits. */
  readonly traceId?: string;
  readonly spanId?: string;
  /** `hmac-sha256:` and the HMAC of the value's stored bytes under the user's key, in hex: equal for equal values. */
  readonly fingerprint?: string;
}

/** Takes the events of the audit. `auditFile()` and others of the package `keyturn` make one. */
export interface AuditSink {
  /** What it is called in warnings, such as `audit file`. */
  readonly title: string;
  /**
   * Whether a value is handed out only after `write` has ended: true for a record that must not miss what a crash cuts
   * off. Otherwise events wait in a bounded queue, and a resolve never waits for the sink.
   */
  readonly awaited: boolean;
  /** What a failed write comes to: `refuse` (an awaited sink only) fails the resolve with Refused. @default 'warn' */
  readonly onFailure?: 'warn' | 'refuse';
  /**
   * Puts events on the record, in order. Rejects or throws when they are not there, with a ConfigError where its message
   * is to be told: any other is dropped. `dropped` counts the events that were lost before these since the last write
   * that succeeded; with nothing but that to tell, `events` is empty.
   *
   * One resolver makes one call at a time; resolvers that share the sink do not wait for each other.
   */
  write(events: readonly AuditEvent[], dropped: number): void | PromiseLike<void>;
  /** Puts on the record what remains, and lets go of everything. A later `write` opens anew. */
  close?(): void | PromiseLike<void>;
}

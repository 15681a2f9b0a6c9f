import { type AuditEvent, type AuditSink, ConfigError, unknownKeys } from '@keyturn/core';
import { print } from './stdout.ts';

/** What takes the events of `auditLogger`: pino, winston, console, and what has the same method. */
export interface AuditLogger {
  info(object: object, message: string): unknown;
}

export interface AuditSinkOptions {
  /** Whether nothing is handed out before the sink has the event, and nothing at all when it fails. @default false */
  readonly required?: boolean | undefined;
}

const MESSAGE = 'keyturn audit';

/**
 * Gives the events of an audit to a logger, one line each: `logger.info({ audit: event }, 'keyturn audit')`; and how
 * many were lost, as `{ auditDropped: count }`. The event is under a key of its own, since loggers have a `time` too.
 * A logger that buffers has an event when it was told, not when the event is written.
 *
 * @throws {ConfigError} for what is no logger, and options that are wrong.
 * @example
 * audit: { sinks: [auditLogger(pino())] }
 * auditLogger({ info: (object, message) => logger.info(message, object) }) // winston, which takes the text first
 */
export function auditLogger(logger: AuditLogger, options: AuditSinkOptions = {}): AuditSink {
  const problems = sinkProblems('auditLogger', options);
  if (typeof logger?.info !== 'function') {
    problems.unshift({
      place: 'auditLogger',
      message: 'was given no logger: it has to have info(object, message)',
    });
  }
  if (problems.length > 0) throw new ConfigError(problems);
  return {
    ...settings('audit logger', options),
    async write(events, dropped) {
      // What a logger promises is waited for: else nobody would hear that it failed.
      await Promise.all(
        records(events, dropped).map(async (record) => logger.info(legible(record), MESSAGE)),
      );
    },
  };
}

/**
 * Prints the events of an audit as lines of JSON, `{"audit":{…}}`, for what collects the output of a container; and how
 * many were lost, as `{"auditDropped":3}`. Under the commands of `keyturn` they go to stderr, as stdout is for data.
 *
 * @throws {ConfigError} for options that are wrong.
 */
export function auditStdout(options: AuditSinkOptions = {}): AuditSink {
  const problems = sinkProblems('auditStdout', options);
  if (problems.length > 0) throw new ConfigError(problems);
  return {
    ...settings('audit stdout', options),
    write: (events, dropped) =>
      print(
        records(events, dropped)
          .map((record) => `${JSON.stringify(record)}\n`)
          .join(''),
      ),
  };
}

function settings(
  title: string,
  { required = false }: AuditSinkOptions,
): Pick<AuditSink, 'title' | 'awaited' | 'onFailure'> {
  return { title, awaited: required, onFailure: required ? 'refuse' : 'warn' };
}

function sinkProblems(place: string, options: AuditSinkOptions) {
  if (typeof options !== 'object' || options === null) {
    return [{ place, message: 'was given options that are no object: write { required: true }' }];
  }
  const problems = unknownKeys(place, options, ['required']);
  if (options.required !== undefined && typeof options.required !== 'boolean') {
    problems.push({ place: `${place}.required`, message: 'is neither true nor false' });
  }
  return problems;
}

/** Text formats of winston take the object for the message, and would print `[object Object]`. */
function legible(record: object): object {
  return Object.defineProperty(record, 'toString', { value: () => JSON.stringify(record) });
}

function records(events: readonly AuditEvent[], dropped: number): readonly object[] {
  const lines = events.map((event) => ({ audit: event }));
  return dropped > 0 ? [{ auditDropped: dropped }, ...lines] : lines;
}

import { ConfigError, type Problem, parseDuration } from '@keyturn/core';
import type { WatchTimes } from './changed-texts.ts';
import type { CommandLine } from './command-line.ts';
import { RELOAD_SIGNALS } from './commands.ts';

/** What `run --watch` does. */
export interface WatchOptions extends WatchTimes {
  /** Sent to the command at a change. Undefined: it is restarted. */
  readonly reloadSignal: NodeJS.Signals | undefined;
}

const DEFAULTS = { interval: '1m', settle: '5s' };

/** Undefined without `--watch`. @throws {ConfigError} for all that is wrong with its options. */
export function readWatchOptions(line: CommandLine): WatchOptions | undefined {
  const problems: Problem[] = [];
  const add = (option: string, message: string) => problems.push({ place: `--${option}`, message });

  function milliseconds(option: 'interval' | 'settle'): number {
    const text = line.text(option) ?? DEFAULTS[option];
    // A bare number is milliseconds to `parseDuration`, and seconds to whoever comes from another tool.
    const duration = /[a-z]$/.test(text) ? parseDuration(text) : undefined;
    if (duration === undefined) add(option, 'is no duration: write 500ms, 30s, 5m or 1h');
    return duration ?? 0;
  }

  const intervalMs = milliseconds('interval');
  const settleMs = milliseconds('settle');
  if (problems.length === 0 && intervalMs === 0) add('interval', 'has to be more than 0');
  if (!line.has('watch')) {
    const given = ['reload-signal', 'interval', 'settle'].filter((option) => line.has(option));
    for (const option of given) add(option, 'is for --watch, which is not there');
  }
  if (problems.length > 0) throw new ConfigError(problems);
  if (!line.has('watch')) return undefined;
  const reloadSignal = RELOAD_SIGNALS.find((signal) => signal === line.text('reload-signal'));
  return { intervalMs, settleMs, reloadSignal };
}

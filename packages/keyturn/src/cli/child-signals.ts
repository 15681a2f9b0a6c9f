import { isatty } from 'node:tty';
import { readStat } from './process-list.ts';

const FORWARDED: readonly NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGUSR1', 'SIGUSR2'];

/** What a terminal sends to its whole foreground group by itself: on Ctrl-C and Ctrl-\. */
const FROM_TERMINAL = new Set<NodeJS.Signals>(['SIGINT', 'SIGQUIT']);

/**
 * Hands signals on through `send`, each as often as it comes; until the function that it returns is called, none of
 * them ends this process.
 *
 * The child is in this process's group, so that job control and a kill of the group reach it. That makes Ctrl-C reach
 * it from the terminal already: while this process is in the terminal's foreground group, SIGINT and SIGQUIT are
 * not sent again. Node does not tell who sent a signal, so a `kill -INT` aimed at this process alone is then taken
 * for the terminal's and not handed on either; SIGTERM always is. Ctrl-Z stops both and `fg` continues both.
 */
export function forwardSignals(send: (signal: NodeJS.Signals) => void): () => void {
  const forward = (signal: NodeJS.Signals) => {
    if (!FROM_TERMINAL.has(signal) || !inForeground()) send(signal);
  };
  for (const signal of FORWARDED) process.on(signal, forward);
  return () => {
    for (const signal of FORWARDED) process.off(signal, forward);
  };
}

/** Whether a terminal's Ctrl-C reaches this process. */
function inForeground(): boolean {
  // A Windows console gives Ctrl-C to every process attached to it.
  if (process.platform === 'win32') return true;
  if (process.platform !== 'linux') return [0, 1, 2].some((fd) => isatty(fd));
  // state, ppid, pgrp, session, tty_nr, tpgid.
  const stat = readStat('self');
  return stat !== undefined && stat[2] === stat[5];
}

import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

/** A process; a later one with the same id has another start. */
export interface ProcessEntry {
  readonly id: number;
  readonly parent: number;
  readonly start: string;
}

/** The processes that run now, zombies left out; none where the system does not tell. */
export function listProcesses(): readonly ProcessEntry[] {
  try {
    return process.platform === 'linux' ? fromProc() : fromPs();
  } catch {
    return [];
  }
}

/** The fields of proc_pid_stat(5) from the third, `state`, on; undefined when the process is gone. */
export function readStat(id: number | 'self'): readonly string[] | undefined {
  try {
    // The second field is a name in parentheses, and may hold blanks and parentheses itself.
    const stat = readFileSync(`/proc/${id}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  } catch {
    return undefined;
  }
}

function fromProc(): readonly ProcessEntry[] {
  return readdirSync('/proc').flatMap((name) => {
    const id = Number(name);
    if (!Number.isInteger(id)) return [];
    const stat = readStat(id);
    const [state = 'X', parent] = stat ?? [];
    // `starttime` is the 22nd field.
    return 'ZX'.includes(state) ? [] : [{ id, parent: Number(parent), start: `${stat?.[19]}` }];
  });
}

function fromPs(): readonly ProcessEntry[] {
  const lines = execFileSync('ps', ['-A', '-o', 'pid=,ppid=,stat=,lstart='], { encoding: 'utf8' }).split(
    '\n',
  );
  return lines.flatMap((line) => {
    const [, id, parent, state = 'Z', start = ''] = /^ *(\d+) +(\d+) +(\S+) +(.*)$/.exec(line) ?? [];
    return state.startsWith('Z') ? [] : [{ id: Number(id), parent: Number(parent), start }];
  });
}

import { DURATION_FORM, parseDuration, type RotationStatus, type RotationVerdict } from '@keyturn/core';
import { usageError } from '../command-line.ts';
import { EXIT } from '../commands.ts';
import { paint, print, printJson, table } from '../output.ts';
import { type CommonOptions, openProject } from '../project.ts';

export interface RotationCommandOptions extends CommonOptions {
  /** A duration: what becomes overdue within it counts as found. */
  readonly within?: string | undefined;
}

const HEADING = ['NAME', 'REFERENCE', 'VERSION', 'AGE', 'DUE IN', 'SOURCE', 'VERDICT'];
const COLOURS = { fresh: 'green', due: 'yellow', overdue: 'red', unknown: 'yellow', exempt: 'bold' } as const;
const VERDICTS: readonly RotationVerdict[] = ['overdue', 'due', 'unknown', 'exempt', 'fresh'];
/** Versions of Azure and Secrets Manager have 32 characters and more. */
const VERSION_LENGTH = 12;

/** The age of every secret against its policy. 1 when one is overdue, or will be within `--within`. */
export async function rotation({ within, ...options }: RotationCommandOptions): Promise<number> {
  const withinMs = within === undefined ? undefined : parseDuration(within);
  if (within !== undefined && withinMs === undefined) {
    throw usageError(`--within takes a duration: ${DURATION_FORM}`);
  }
  const { environment, resolver, manifest } = await openProject(options);
  await using _ = resolver;
  const now = new Date();
  const asked = await resolver.rotation(manifest, { now });
  const isNear = (status: RotationStatus): boolean => {
    const left = leftMs(status, now);
    return status.verdict !== 'exempt' && withinMs !== undefined && left !== undefined && left <= withinMs;
  };
  const statuses = asked.map((status) => (isNear(status) ? asDue(status) : status));
  const ok = !statuses.some((status) => status.verdict === 'overdue' || isNear(status));
  const failures = statuses.flatMap(({ failure }) => (failure ? [failure] : []));

  if (options.json) {
    printJson({ environment, ok, ...(within !== undefined && { within }), secrets: statuses.map(forJson) });
  } else {
    print(
      table(
        HEADING,
        statuses.map((status) => row(status, now)),
      ),
    );
    const hints = new Set(failures.map(({ code, hint }) => `${code}: ${hint}`));
    if (hints.size > 0) print(`\n${[...hints].join('\n')}`);
    const clocks = new Set(statuses.flatMap(clockOf));
    if (clocks.size > 0) print(`\n${[...clocks].join('\n')}`);
    print(`\n${environment}: ${summary(statuses)}`);
  }
  if (!ok) return EXIT.found;
  return failures.length > 0 ? EXIT.unresolved : EXIT.done;
}

/** What is near by the wish of the caller, though not by its policy. */
function asDue(status: RotationStatus): RotationStatus {
  const { verdict, dueAt, reason = `ends on ${dueAt?.toISOString().slice(0, 10)}` } = status;
  return verdict === 'overdue' ? status : { ...status, verdict: 'due', reason };
}

function row(status: RotationStatus, now: Date): string[] {
  const { name, reference, version = '-', ageMs, atLeast, verdict, reason } = status;
  const left = leftMs(status, now);
  const colour = COLOURS[verdict];
  return [
    name,
    reference,
    version.length > VERSION_LENGTH ? `${version.slice(0, VERSION_LENGTH - 1)}…` : version,
    ageMs === undefined ? '-' : `${span(ageMs)}${atLeast ? '+' : ''}`,
    left === undefined ? '-' : `${atLeast ? '<=' : ''}${span(left)}`,
    sourceOf(status),
    `${paint(colour, verdict)}${reason === undefined ? '' : `: ${reason}`}`,
  ];
}

/** Until it is due, by the clock that its age was judged by. */
function leftMs({ dueAt, clockSkewMs = 0 }: RotationStatus, now: Date): number | undefined {
  return dueAt && dueAt.getTime() - now.getTime() - clockSkewMs;
}

/** A store's clock that is not this machine's. */
function clockOf({ provider, kind, clockSkewMs }: RotationStatus): string[] {
  if (clockSkewMs === undefined) return [];
  const direction = clockSkewMs > 0 ? 'behind' : 'ahead of';
  return [
    `clock: this machine is ${span(Math.abs(clockSkewMs))} ${direction} ${provider} (${kind}), by whose clock its ages are judged`,
  ];
}

/** How the date was come by, or how it was looked for. */
function sourceOf({ failure, dated, source }: RotationStatus): string {
  if (failure) return '-';
  if (dated === 'rotatedAt') return dated;
  return source === 'describe' ? 'metadata' : 'value read';
}

/** In its largest unit, cut: `90d`, `5h`, `3m`; past ones with a minus. */
function span(milliseconds: number): string {
  const minutes = Math.floor(Math.abs(milliseconds) / 60_000);
  const sign = milliseconds < 0 ? '-' : '';
  if (minutes >= 1440) return `${sign}${Math.floor(minutes / 1440)}d`;
  return minutes >= 60 ? `${sign}${Math.floor(minutes / 60)}h` : `${sign}${minutes}m`;
}

function forJson({ failure, ...status }: RotationStatus): object {
  return { ...status, ...(failure && { code: failure.code, hint: failure.hint }) };
}

function summary(statuses: readonly RotationStatus[]): string {
  const counts = VERDICTS.map((verdict) => [
    verdict,
    statuses.filter((each) => each.verdict === verdict).length,
  ]);
  const told = counts.flatMap(([verdict, count]) => (count === 0 ? [] : [`${count} ${verdict}`]));
  return told.length > 0 ? told.join(', ') : 'no secrets';
}

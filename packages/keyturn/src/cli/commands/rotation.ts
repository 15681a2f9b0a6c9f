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
  const isNear = ({ verdict, dueAt }: RotationStatus): boolean =>
    verdict !== 'exempt' &&
    withinMs !== undefined &&
    dueAt !== undefined &&
    dueAt.getTime() - now.getTime() <= withinMs;
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
  const { name, reference, version = '-', ageMs, atLeast, dueAt, verdict, reason } = status;
  const left = dueAt && dueAt.getTime() - now.getTime();
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

import { existsSync } from 'node:fs';
import type { AuditEvent } from '@keyturn/core';
import { readEvents, shownText, whoOf } from '../audit-reading.ts';
import { type SameValue, sameValues } from '../audit-same-values.ts';
import { EXIT } from '../commands.ts';
import { print, printJson, say, table } from '../output.ts';
import { CONFIG_FILES, readConfig } from '../project.ts';

export interface AuditReportOptions {
  readonly json?: boolean;
  readonly config?: string | undefined;
  readonly passes: (event: AuditEvent) => boolean;
}

/** What one name comes to. */
interface Use {
  readonly name: string;
  uses: number;
  failures: number;
  /** Failures by code. */
  readonly codes: Record<string, number>;
  /** Served by an old value: `stale` or `snapshot`. */
  stale: number;
  readonly first: string;
  last: string;
  /** Uses by who caused them. */
  readonly by: Record<string, number>;
}

const HEADING = ['NAME', 'USES', 'FAILED', 'STALE', 'FIRST USE', 'LAST USE', 'BY'];
/** Of those who used a secret, so many are named in the table; all of them in JSON. */
const MOST_NAMED = 3;

/**
 * Who used what, when, with what outcome; which new version had the same value; and what the config has that nobody
 * used, and the other way round.
 */
export async function auditReport(
  paths: readonly string[],
  { json, config, passes }: AuditReportOptions,
): Promise<number> {
  const manifest = await manifestNames(config);
  const uses = new Map<string, Use>();
  const values = sameValues();
  const take = (event: AuditEvent) => {
    if (!passes(event)) return;
    count(uses, event);
    values.add(event);
  };
  await readEvents(paths, take, 'read');
  const sameValue = values.found();
  const secrets = [...uses.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  const neverUsed = manifest?.filter((name) => !uses.has(name));
  const notInConfig = manifest && secrets.flatMap(({ name }) => (manifest.includes(name) ? [] : [name]));
  if (json) {
    printJson({ secrets, ...(sameValue && { sameValue }), ...(manifest && { neverUsed, notInConfig }) });
    return EXIT.done;
  }
  print(table(HEADING, secrets.map(row)));
  if (sameValue) print(`\na new version with the same value: ${listed(sameValue.map(kept))}`);
  if (manifest === undefined) {
    say('no config here: --config names one, to see which of its secrets were never used');
  } else {
    print(
      `\nin the config, never used: ${listed(neverUsed)}\nused, not in the config: ${listed(notInConfig)}`,
    );
  }
  return EXIT.done;
}

/** Undefined where there is no config, which an auditor need not have. */
async function manifestNames(config: string | undefined): Promise<readonly string[] | undefined> {
  if (config === undefined && !CONFIG_FILES.some((name) => existsSync(name))) return undefined;
  const { secrets } = await readConfig(config);
  return Object.keys(secrets);
}

function count(uses: Map<string, Use>, event: AuditEvent): void {
  const { name, time, outcome, source } = event;
  const use = uses.get(name) ?? newUse(event);
  uses.set(name, use);
  use.last = time;
  // What was revealed had been resolved, which was the use.
  if (event.action === 'reveal') return;
  use.uses += 1;
  if (outcome !== 'ok') {
    use.failures += 1;
    use.codes[outcome] = (use.codes[outcome] ?? 0) + 1;
  }
  if (source === 'stale' || source === 'snapshot') use.stale += 1;
  const who = whoOf(event);
  use.by[who] = (use.by[who] ?? 0) + 1;
}

function newUse({ name, time }: AuditEvent): Use {
  // Without a prototype: a user may be called `constructor`.
  const [codes, by] = [Object.create(null), Object.create(null)];
  return { name, uses: 0, failures: 0, codes, stale: 0, first: time, last: time, by };
}

function row({ name, uses, failures, codes, stale, first, last, by }: Use): string[] {
  const failed = Object.entries(codes).map(([code, times]) => `${times} ${shownText(code)}`);
  const users = Object.entries(by).sort(([, a], [, b]) => b - a);
  const named = users.slice(0, MOST_NAMED).map(([who, times]) => `${shownText(who)} (${times})`);
  if (users.length > MOST_NAMED) named.push(`and ${users.length - MOST_NAMED} more`);
  return [
    shownText(name),
    String(uses),
    failures === 0 ? '0' : failed.join(', '),
    String(stale),
    first,
    last,
    named.join(', '),
  ];
}

function kept({ name, reference, environment, versions }: SameValue): string {
  const where = environment === undefined ? reference : `${reference} in ${environment}`;
  return `${name} (${where}: ${versions.join(' = ')})`;
}

function listed(names: readonly string[] = []): string {
  return names.length > 0 ? names.map(shownText).join(', ') : 'none';
}

import type { Secrets, Version } from './secrets.ts';
import type { Served } from './served.ts';
import { TIMEOUT, TTL } from './settings.ts';

/**
 * What was served though it may not be: what was not current within the ttl, or within the bound where it is said to
 * be stale; and an old value after its successor had been served.
 */
export function wrongs(answers: readonly Served[], secrets: Secrets, staleIfErrorMs: number): string[] {
  const bound = TTL + staleIfErrorMs;
  return answers.flatMap((answer) =>
    [...secrets.versions].flatMap(([name, versions]) => {
      const { source, value } = answer.served?.[name] ?? {};
      if (value === undefined) return [];
      const version = versions.findIndex((each) => each.value === value);
      const within = source === 'stale' ? bound : TTL;
      const age = `${Math.round(answer.age)} ms after the last fresh answer`;
      return [
        ...(wasCurrent(versions[version], answer, within) ? [] : ['not current']),
        ...(version < newestBefore(answers, answer, name, versions) ? ['its successor had been served'] : []),
      ].map((reason) => `${name}: ${value} from ${source}, ${age}: ${reason}`);
    }),
  );
}

/** @param within how old it may have been when the request began, by its source. */
function wasCurrent(version: Version | undefined, { begunAt, endedAt }: Served, within: number): boolean {
  // The call that brought it may have been under way for so long.
  const since = begunAt - within - TIMEOUT;
  return version !== undefined && version.from <= endedAt && version.until >= since;
}

/** The newest version that was served before a request began; -1 where none was. */
function newestBefore(
  answers: readonly Served[],
  { begunAt }: Served,
  name: string,
  versions: readonly Version[],
): number {
  const before = answers.filter(({ endedAt }) => endedAt < begunAt);
  return Math.max(
    -1,
    ...before.map(({ served }) => versions.findIndex(({ value }) => value === served?.[name]?.value)),
  );
}

import type { AuditContext, Detailed, Failure, Manifest, Resolver, Settled } from '@keyturn/core';
import { typeName } from '../example-file.ts';
import { paint, print, printJson, table } from '../output.ts';
import { type CommonOptions, openProject } from '../project.ts';

/** Resolves and validates everything; all problems in one table. 1 when there is any. */
export async function check(options: CommonOptions): Promise<number> {
  const { environment, resolver, manifest, context } = await openProject(options);
  await using _ = resolver;
  const { values, failures } = await settleAll(resolver, manifest, context);
  const ok = failures.length === 0;
  if (options.json) {
    const secrets = Object.keys(manifest).map((name) => row(name, values[name], failureOf(name, failures)));
    printJson({ environment, ok, secrets });
    return ok ? 0 : 1;
  }

  const rows = Object.entries(manifest).map(([name, entry]) => {
    const failure = failureOf(name, failures);
    const value = values[name];
    const result = failure
      ? paint('red', `${failure.code}: ${failure.message}`)
      : value?.source === 'store'
        ? paint('green', 'ok')
        : `ok (${value?.source})`;
    return [name, value?.reference ?? failure?.reference ?? '', value?.kind ?? '-', typeName(entry), result];
  });
  print(table(['NAME', 'REFERENCE', 'STORE', 'TYPE', 'RESULT'], rows));
  const hints = new Set(failures.map(({ code, hint }) => `${code}: ${hint}`));
  if (hints.size > 0) print(`\n${[...hints].join('\n')}`);
  const total = rows.length;
  print(
    `\n${environment}: ${total - failures.length} of ${total} ${total === 1 ? 'secret is' : 'secrets are'} right`,
  );
  return ok ? 0 : 1;
}

/** What stands beside a secret that lacks its reason is not read with it, so it is asked for by itself. */
async function settleAll(resolver: Resolver, manifest: Manifest, context: AuditContext): Promise<Settled> {
  const first = await resolver.resolveSettled(manifest, context);
  const left = Object.entries(manifest).filter(
    ([name]) => !Object.hasOwn(first.values, name) && !failureOf(name, first.failures),
  );
  if (left.length === 0) return first;
  const { values, failures } = await resolver.resolveSettled(Object.fromEntries(left), context);
  return { values: { ...first.values, ...values }, failures: [...first.failures, ...failures] };
}

function failureOf(name: string, failures: readonly Failure[]): Failure | undefined {
  return failures.find((failure) => failure.name === name);
}

function row(name: string, detailed: Detailed<unknown> | undefined, failure: Failure | undefined): object {
  if (failure) return { ...failure, ok: false };
  const { value: _, ...known } = detailed ?? {};
  return { name, ok: true, ...known };
}

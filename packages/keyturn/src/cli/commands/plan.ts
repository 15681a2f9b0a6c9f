import { print, printJson, table } from '../output.ts';
import { type CommonOptions, openProject } from '../project.ts';

/** The calls that a cold boot makes, without making one. */
export async function plan(options: CommonOptions): Promise<number> {
  const { environment, resolver, manifest } = await openProject(options);
  await using _ = resolver;
  const { calls } = resolver.plan(manifest);
  const secrets = Object.keys(manifest).length;
  if (options.json) {
    printJson({ environment, secrets, calls });
    return 0;
  }
  const rows = calls.map(({ provider, kind, paths, names }, index) => [
    String(index + 1),
    provider,
    kind,
    String(paths.length),
    names.join(', '),
  ]);
  print(table(['CALL', 'PROVIDER', 'STORE', 'READS', 'FOR'], rows));
  print(`\n${environment}: ${count(calls.length, 'call')} for ${count(secrets, 'secret')}`);
  return 0;
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}

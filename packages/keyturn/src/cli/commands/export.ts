import { formats } from '../formats/index.ts';
import { type CommonOptions, openProject } from '../project.ts';
import { resolveTexts } from '../stored-text.ts';
import { checkVariableNames } from '../variable-names.ts';

export interface ExportOptions extends CommonOptions {
  readonly format: keyof typeof formats;
  readonly name?: string;
}

/** Formats of keys rather than of environment variables. */
const KEYED: readonly string[] = ['json', 'k8s'];

/** All secrets as text in a format that another program reads. */
export async function exportSecrets(options: ExportOptions): Promise<number> {
  const project = await openProject(options);
  await using _ = project.resolver;
  if (!KEYED.includes(options.format)) checkVariableNames(Object.keys(project.manifest));
  const texts = await resolveTexts(project);
  const { name } = options;
  process.stdout.write(formats[options.format](texts, name === undefined ? {} : { name }));
  return 0;
}

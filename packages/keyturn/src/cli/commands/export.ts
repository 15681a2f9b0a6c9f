import { type FormatName, formats } from '../formats/index.ts';
import { type CommonOptions, openProject } from '../project.ts';
import { checkVariableNames, resolveTexts } from '../stored-text.ts';

export interface ExportOptions extends CommonOptions {
  readonly format: FormatName;
  readonly name?: string | undefined;
}

/** Formats of keys, or of values alone, rather than of environment variables. */
const KEYED: readonly string[] = ['json', 'k8s', 'github-mask'];

/** All secrets as text in a format that another program reads. */
export async function exportSecrets(options: ExportOptions): Promise<number> {
  const { format, name } = options;
  const project = await openProject(options);
  await using _ = project.resolver;
  const { manifest } = project;
  if (!KEYED.includes(format)) checkVariableNames(Object.keys(manifest));
  const all = await resolveTexts(project);
  const texts =
    format === 'github-mask' ? all.filter(({ name }) => manifest[name]?.sensitive !== false) : all;
  process.stdout.write(formats[format](texts, name === undefined ? {} : { name }));
  return 0;
}

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { ConfigError } from '@keyturn/core';
import type { Config } from '../../config.ts';
import { exampleFile, typeName } from '../example-file.ts';
import { printJson, say } from '../output.ts';
import { type CommonOptions, readConfig } from '../project.ts';
import { checkVariableNames } from '../stored-text.ts';

const FILE = '.env.example';
/** What the files that this command wrote begin with. */
const HEAD = exampleFile([]);

/** Writes `.env.example` from the manifest; a file that a person wrote is left alone. */
export async function example(options: CommonOptions): Promise<number> {
  const config = await readConfig(options.config);
  if (existsSync(FILE) && !readFileSync(FILE, 'utf8').startsWith(HEAD)) {
    const message = 'exists and was not written by "keyturn example": move it away, then try again';
    throw new ConfigError([{ place: FILE, message }]);
  }
  writeFileSync(FILE, exampleText(config));
  if (options.json) printJson({ written: [FILE] });
  else say(`wrote ${FILE}`);
  return 0;
}

/** The text of `.env.example`: names with their description and type, no values. */
export function exampleText({ secrets }: Config): string {
  checkVariableNames(Object.keys(secrets));
  return exampleFile(
    Object.entries(secrets).map(([name, given]) => {
      const entry = typeof given === 'string' ? { ref: given } : given;
      const hasDefault = Object.hasOwn(entry, 'default');
      return {
        name,
        type: typeName(entry),
        sensitive: entry.sensitive !== false,
        required: entry.optional !== true && !hasDefault,
        ...(entry.description !== undefined && { description: entry.description }),
        ...(hasDefault && { default: entry.default }),
      };
    }),
  );
}

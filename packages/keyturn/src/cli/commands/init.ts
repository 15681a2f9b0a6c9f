import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { as } from '@keyturn/core';
import type { Config } from '../../config.ts';
import { gitignoreLines } from '../gitignore.ts';
import { printJson, say } from '../output.ts';
import { CONFIG_FILES, type CommonOptions, checkConfigName, readConfig } from '../project.ts';
import { exampleText } from './example.ts';

const CONFIG = `import { as, defineConfig, dotenv, env, file, firstOf } from 'keyturn';

const files = dotenv({ environment: 'development' });

export default defineConfig({
  // Which store stands behind a name is decided here, and only here: the app does not know.
  environment: process.env.APP_ENV,
  environments: {
    development: { providers: { app: files, settings: firstOf(env(), files) }, allowDefaults: true },
    production: { providers: { app: file({ root: '/run/secrets' }), settings: env() } },
  },
  secrets: {
    DATABASE_URL: { ref: 'app://DATABASE_URL', as: as.databaseUrl(), description: 'The main database' },
    SECRET_KEY: 'app://SECRET_KEY',
    PORT: { ref: 'settings://PORT', as: as.port(), sensitive: false, default: 3000 },
  },
});
`;

/** The secrets of the config above, told here so that init works before `npm install keyturn`. */
const STARTER: Config = {
  environments: {},
  secrets: {
    DATABASE_URL: { ref: '', as: as.databaseUrl(), description: 'The main database' },
    SECRET_KEY: '',
    PORT: { ref: '', as: as.port(), sensitive: false, default: 3000 },
  },
};

/** Writes a config, `.env.example` and `.gitignore` lines; never overwrites. */
export async function init(options: CommonOptions): Promise<number> {
  const written: string[] = [];
  const kept: string[] = [];
  const write = (file: string, text: string) => {
    // wx: two runs at once do not overwrite each other either.
    writeFileSync(file, text, { flag: 'wx' });
    written.push(file);
  };

  const config = options.config ?? CONFIG_FILES.find((name) => existsSync(name)) ?? newConfigFile();
  checkConfigName(config);
  const isNew = !existsSync(config);
  if (isNew) write(config, CONFIG);
  else kept.push(config);

  if (existsSync('.env.example')) kept.push('.env.example');
  else write('.env.example', exampleText(isNew ? STARTER : await readConfig(config)));

  const ignored = existsSync('.gitignore') ? readFileSync('.gitignore', 'utf8') : undefined;
  const lines = gitignoreLines(ignored);
  if (lines === undefined) {
    kept.push('.gitignore');
  } else {
    appendFileSync('.gitignore', lines);
    written.push('.gitignore');
  }

  if (options.json) {
    printJson({ written, kept });
    return 0;
  }
  for (const file of written) say(`wrote ${file}`);
  for (const file of kept) say(`kept ${file}, which exists`);
  if (isNew) say('next: npm install keyturn, write your .env, then APP_ENV=development npx keyturn check');
  return 0;
}

/** `.mts` where the nearest package.json does not make a module of `.ts`: Node would warn, or take it for CommonJS. */
function newConfigFile(): string {
  for (let folder = process.cwd(); ; folder = dirname(folder)) {
    const manifest = join(folder, 'package.json');
    if (existsSync(manifest)) {
      const isModule = /"type"\s*:\s*"module"/.test(readFileSync(manifest, 'utf8'));
      return isModule ? 'keyturn.config.ts' : 'keyturn.config.mts';
    }
    if (folder === dirname(folder)) return 'keyturn.config.ts';
  }
}

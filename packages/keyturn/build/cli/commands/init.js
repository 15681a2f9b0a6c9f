import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { as } from '@keyturn/core';
import { gitignoreLines } from '../gitignore.js';
import { printJson, say } from '../output.js';
import { CONFIG_FILES, readConfig } from '../project.js';
import { exampleText } from './example.js';
const CONFIG = `import { as, defineConfig, dotenv, env, file } from 'keyturn';

export default defineConfig({
  // Which store stands behind a name is decided here, and only here: the app does not know.
  environment: process.env.APP_ENV,
  environments: {
    development: { providers: { app: dotenv({ environment: 'development' }), env: env() }, allowDefaults: true },
    production: { providers: { app: file({ root: '/run/secrets' }), env: env() } },
  },
  secrets: {
    DATABASE_URL: { ref: 'app://DATABASE_URL', as: as.databaseUrl(), description: 'The main database' },
    SECRET_KEY: 'app://SECRET_KEY',
    PORT: { ref: 'env://PORT', as: as.port(), sensitive: false, default: 3000 },
  },
});
`;
/** The secrets of the config above, told here so that init works before `npm install keyturn`. */
const STARTER = {
    environments: {},
    secrets: {
        DATABASE_URL: { ref: '', as: as.databaseUrl(), description: 'The main database' },
        SECRET_KEY: '',
        PORT: { ref: '', as: as.port(), sensitive: false, default: 3000 },
    },
};
/** Writes a config, `.env.example` and `.gitignore` lines; never overwrites. */
export async function init(options) {
    const written = [];
    const kept = [];
    const write = (file, text) => {
        // wx: two runs at once do not overwrite each other either.
        writeFileSync(file, text, { flag: 'wx' });
        written.push(file);
    };
    const config = options.config ?? CONFIG_FILES.find((name) => existsSync(name)) ?? newConfigFile();
    const isNew = !existsSync(config);
    if (isNew)
        write(config, CONFIG);
    else
        kept.push(config);
    if (existsSync('.env.example'))
        kept.push('.env.example');
    else
        write('.env.example', exampleText(isNew ? STARTER : (await readConfig(config)).config));
    const ignored = existsSync('.gitignore') ? readFileSync('.gitignore', 'utf8') : undefined;
    const lines = gitignoreLines(ignored);
    if (lines === undefined) {
        kept.push('.gitignore');
    }
    else {
        appendFileSync('.gitignore', lines);
        written.push('.gitignore');
    }
    if (options.json) {
        printJson({ written, kept });
        return 0;
    }
    for (const file of written)
        say(`wrote ${file}`);
    for (const file of kept)
        say(`kept ${file}, which exists`);
    if (isNew)
        say('next: npm install keyturn, write your .env, then APP_ENV=development keyturn check');
    return 0;
}
/** `.mts` where the nearest package.json does not make a module of `.ts`: Node would warn, or take it for CommonJS. */
function newConfigFile() {
    for (let folder = process.cwd();; folder = dirname(folder)) {
        const manifest = join(folder, 'package.json');
        if (existsSync(manifest)) {
            const isModule = /"type"\s*:\s*"module"/.test(readFileSync(manifest, 'utf8'));
            return isModule ? 'keyturn.config.ts' : 'keyturn.config.mts';
        }
        if (folder === dirname(folder))
            return 'keyturn.config.ts';
    }
}
//# sourceMappingURL=init.js.map
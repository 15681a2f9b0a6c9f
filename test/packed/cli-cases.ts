/** One use of the installed `keyturn` command, in a folder of its own. */
export interface CliCase {
  readonly args: readonly string[];
  /** Files to put into the folder first, by name. */
  readonly files?: Readonly<Record<string, string>>;
  /** Variables beside PATH. */
  readonly env?: Readonly<Record<string, string>>;
  readonly code: number;
  /** All of stdout. */
  readonly stdout: string;
}

const config = `
import { as, defineConfig, dotenv, env } from 'keyturn';
export default defineConfig({
  environment: process.env.APP_ENV,
  environments: { development: { providers: { app: dotenv(), env: env() } } },
  secrets: {
    KEY: 'app://KEY',
    PORT: { ref: 'env://PORT', as: as.port(), sensitive: false, default: 3000 },
  },
});
`;
const files = { 'keyturn.config.ts': config, '.env': 'KEY=canary-key\n' };
const env = { APP_ENV: 'development', NO_COLOR: '1' };

/**
 * What the installed command is asked, on each Node: add a case here. The folder lies inside the scratch project,
 * so that a config in `files` can import `keyturn`.
 */
export function cliCases(version: string): readonly CliCase[] {
  return [
    { args: ['--version'], code: 0, stdout: `${version}\n` },
    { args: ['init', '--json'], code: 0, stdout: written('keyturn.config.ts', '.env.example', '.gitignore') },
    {
      args: ['check'],
      files,
      env,
      code: 0,
      stdout: [
        'NAME  REFERENCE   STORE   TYPE    RESULT',
        'KEY   app://KEY   dotenv  string  ok',
        'PORT  env://PORT  env     port    ok (default)',
        '',
        'development: 2 of 2 secrets are right',
        '',
      ].join('\n'),
    },
    { args: ['get', 'KEY'], files, env, code: 0, stdout: 'KEY  [secret]  app://KEY  (dotenv, store)\n' },
    { args: ['get', 'KEY', '--reveal'], files, env, code: 0, stdout: 'canary-key' },
    { args: ['get', 'NONE'], files, env, code: 2, stdout: '' },
    { args: ['get', 'app://NONE'], files, env, code: 3, stdout: '' },
    {
      args: ['export', '--format', 'shell'],
      files,
      env,
      code: 0,
      stdout: "export KEY='canary-key'\nexport PORT='3000'\n",
    },
    { args: ['run', '--', 'sh', '-c', 'echo "$KEY"; exit 7'], files, env, code: 7, stdout: 'canary-key\n' },
    { args: ['run', '--mask', '--', 'sh', '-c', 'echo "$KEY"'], files, env, code: 0, stdout: '[secret]\n' },
    {
      args: ['plan'],
      files,
      env,
      code: 0,
      stdout: [
        'CALL  PROVIDER  STORE   READS  FOR',
        '1     app       dotenv  1      KEY',
        '2     env       env     1      PORT',
        '',
        'development: 2 calls for 2 secrets',
        '',
      ].join('\n'),
    },
    { args: ['rotation', '--within', 'soon'], files, env, code: 2, stdout: '' },
    {
      args: ['example', '--json'],
      files,
      env,
      code: 0,
      stdout: `${JSON.stringify({ written: ['.env.example'] }, undefined, 2)}\n`,
    },
  ];
}

function written(...names: readonly string[]): string {
  return `${JSON.stringify({ written: names, kept: [] }, undefined, 2)}\n`;
}

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  as,
  dotenv,
  type Environment,
  type ErrorCode,
  env,
  file,
  firstOf,
  type Manifest,
  memory,
  type Provider,
} from 'keyturn';
import { canary, SPECIAL } from './search.ts';

const CODES: readonly ErrorCode[] = [
  'NotFound',
  'AccessDenied',
  'Unauthenticated',
  'Throttled',
  'Unavailable',
  'InvalidReference',
  'InvalidValue',
  'Disabled',
  'Misconfigured',
  'Refused',
  'Unknown',
];

/** Writes the files from which `dotenv` and `file` fail. */
export function plant(folder: string): void {
  const write = (name: string, content: string | Uint8Array) => {
    mkdirSync(join(folder, name, '..'), { recursive: true });
    writeFileSync(join(folder, name), content);
  };
  write('malformed/.env', `KEY=${canary('a')}\n${canary('line')}\n"${canary('b')}\nKEY: \n${canary('c')}=\n`);
  write('unclosed/.env', `KEY="${canary('unclosed')}\nOTHER=${canary('other')}\n`);
  write('utf16/.env', Buffer.from(`\ufeffKEY=${canary('utf16')}\n`, 'utf16le'));
  write('latin1/.env', Buffer.from(`KEY=${canary('latin1')}-\xfc\n`, 'latin1'));
  write('cycle/.env', `KEY=${canary('a')}\${B}\nB=${canary('b')}\${KEY}\n`);
  write('expand/.env', `KEY=${canary('a')}\${${canary('b')}:-\${c}}\n`);
  write('directory/.env/KEY', canary('directory'));
  write('files/binary', bytes('binary'));
  write('files/large', `${canary('large')}${'x'.repeat(1024 * 1024)}`);
  write('files/folder/KEY', canary('folder'));
}

/** Providers and secrets that all fail, each in its own way, with a canary at hand. */
export function failing(folder: string): { providers: Environment['providers']; secrets: Manifest } {
  const faulty = memory(Object.fromEntries([...CODES, 'hang', 'KEY'].map((code) => [code, canary(code)])));
  for (const code of CODES) faulty.fail(code, code);
  faulty.fail('hang', 'hang');

  const values = memory({
    text: canary('text'),
    special: SPECIAL,
    bytes: bytes('bytes'),
    json: `{"${canary('key')}":"${canary('value')}"`,
    document: JSON.stringify({
      list: [canary('item')],
      object: { a: canary('a') },
      none: null,
      big: 2 ** 60,
    }),
    fields: { user: canary('user'), password: canary('password') },
    url: `postgres://${canary('user')}:${canary('p@ss')}@host:port/db`,
    number: '12345canary7',
  });

  return {
    providers: {
      faulty,
      values,
      chain: firstOf(faulty, values, { on: [...CODES] }),
      thrown: vendor(() => {
        throw Object.assign(new Error(canary('message'), { cause: canary('cause') }), {
          response: canary('body'),
        });
      }),
      rejected: vendor(() => Promise.reject(canary('rejected'))),
      unclassified: vendor(
        () => Promise.reject(new Error(canary('unclassified'))),
        () => {
          throw new Error(canary('classify'));
        },
      ),
      shapeless: vendor(async () => [{ ok: true, value: canary('shapeless') }]),
      malformed: dotenv({ directory: join(folder, 'malformed') }),
      unclosed: dotenv({ directory: join(folder, 'unclosed') }),
      utf16: dotenv({ directory: join(folder, 'utf16') }),
      latin1: dotenv({ directory: join(folder, 'latin1') }),
      cycle: dotenv({ directory: join(folder, 'cycle'), expand: true }),
      expand: dotenv({ directory: join(folder, 'expand'), expand: true }),
      directory: dotenv({ directory: join(folder, 'directory') }),
      files: file({ root: join(folder, 'files') }),
      env: env({
        fileSuffix: true,
        source: { BOTH: canary('both'), BOTH_FILE: '/dev/null', MISTAKEN_FILE: canary('mistaken') },
      }),
    },
    secrets: {
      ...Object.fromEntries(CODES.map((code) => [`CODE_${code}`, `faulty://${code}`])),
      CHAIN: 'chain://NotFound',
      ...Object.fromEntries(
        ['thrown', 'rejected', 'unclassified', 'shapeless', 'malformed', 'unclosed', 'utf16', 'latin1'].map(
          (name) => [name.toUpperCase(), `${name}://KEY`],
        ),
      ),
      ...Object.fromEntries(
        ['cycle', 'expand', 'directory'].map((name) => [name.toUpperCase(), `${name}://KEY`]),
      ),
      FILE_BINARY: 'files://binary',
      FILE_LARGE: 'files://large',
      FILE_FOLDER: 'files://folder',
      ENV_BOTH: 'env://BOTH',
      ENV_MISTAKEN: 'env://MISTAKEN',
      BYTES: 'values://bytes',
      NO_FIELDS: 'values://text#field',
      BROKEN_JSON: 'values://json#field',
      LIST: 'values://document#list',
      OBJECT: 'values://document#object',
      NULL: 'values://document#none',
      BIG: 'values://document#big',
      NO_FIELD: 'values://document#nothing',
      FIELDS: 'values://fields',
      WEAK: { ref: 'values://none', default: canary('default') },
      AS_BOOLEAN: { ref: 'values://text', as: as.boolean() },
      AS_INTEGER: { ref: 'values://number', as: as.integer() },
      AS_NUMBER: { ref: 'values://special', as: as.number() },
      AS_PORT: { ref: 'values://number', as: as.port() },
      AS_URL: { ref: 'values://special', as: as.url() },
      AS_JSON: { ref: 'values://text', as: as.json() },
      AS_JSON_UNCLOSED: { ref: 'values://json', as: as.json() },
      AS_DURATION: { ref: 'values://text', as: as.duration() },
      AS_BASE64: { ref: 'values://special', as: as.base64() },
      AS_DATABASE_URL: { ref: 'values://url', as: as.databaseUrl() },
      AS_ONE_OF: { ref: 'values://text', as: as.oneOf('a', 'b') },
      THROWING: {
        ref: 'values://special',
        as: schema((value) => {
          throw new Error(`no ${value}`);
        }),
      },
      REJECTING: { ref: 'values://special', as: schema((value) => Promise.reject(new Error(`no ${value}`))) },
    },
  };
}

function bytes(word: string): Uint8Array {
  return Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(canary(word)), Buffer.from([0xff])]);
}

/** A provider of someone else, whose errors hold values. */
function vendor(
  fetch: () => ReturnType<Provider['fetch']> | Promise<unknown>,
  classify: Provider['classify'] = () => undefined,
): Provider {
  return { ...memory(), kind: 'vendor', fetch: fetch as Provider['fetch'], classify };
}

function schema(validate: (value: unknown) => never | Promise<never>) {
  return { '~standard': { version: 1, vendor: 'acme', validate } } as const;
}

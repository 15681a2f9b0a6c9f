import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { ConfigError, ResolveError } from '@keyturn/core';

/**
 * Why the config file at `path` could not be imported. The text of an error can quote the source or a value, so of
 * what is neither Keyturn's nor the system's own only the kind and the place are told.
 */
export function whyNotLoaded(error: unknown, path: string): string {
  if (!(error instanceof Error)) return 'throws something that is no Error';
  if (error instanceof ConfigError || error instanceof ResolveError || 'syscall' in error) {
    return `cannot be loaded: ${error.message}`;
  }
  const code = 'code' in error ? error.code : undefined;
  if (code === 'ERR_MODULE_NOT_FOUND') return missingModule(error.message);
  const line = frameLine(error, path);
  if (error instanceof SyntaxError && line === undefined) return syntaxError(error, path, code);
  const where = line === undefined ? '' : ` at line ${line}`;
  return `throws ${error.name}${where}; its message can quote a value: to see it, run the file with node`;
}

function missingModule(message: string): string {
  const [, kind, name = 'a module'] = /^Cannot find (package|module) '([^']+)'/.exec(message) ?? [];
  return `imports ${name}, which is not ${kind === 'module' ? 'there' : 'installed here'}`;
}

/** A file that does not compile, or does not link: the config itself, or one that it imports. */
function syntaxError(error: SyntaxError, path: string, code: unknown): string {
  const [, from, name] =
    /^The requested module '(.+)' does not provide an export named '(.+)'$/.exec(error.message) ?? [];
  if (name !== undefined) {
    return `imports ${name} from ${from}, which exports no such value (for a type, write "import type")`;
  }
  if (error.stack?.includes('node:internal/modules/cjs/') && /\b(import|export)\b/.test(error.message)) {
    return 'is an ES module that Node takes for CommonJS: end its name in .mts or .mjs, or write "type": "module" into package.json';
  }
  const what =
    code === 'ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX'
      ? 'TypeScript that Node does not run, such as an enum,'
      : 'a syntax error';
  const place = placeOf(error.stack) ?? placeOf(checkedByNode(path));
  if (place === undefined) return `imports a file with ${what}`.replace(/,$/, '');
  if (place.file === path) return `has ${what} at line ${place.line}`;
  return `imports ${place.file}, which has ${what} at line ${place.line}`;
}

/** Node's own word on JavaScript, since V8's error does not say where it stands. */
function checkedByNode(path: string): string {
  return spawnSync(process.execPath, ['--check', path], { encoding: 'utf8' }).stderr;
}

/** What Node puts on a line of its own before the source that it quotes. */
function placeOf(text = ''): { readonly file: string; readonly line: string } | undefined {
  const [, file, line] = /^(.+):(\d+)$/.exec(text.slice(0, text.indexOf('\n'))) ?? [];
  if (file === undefined || line === undefined) return undefined;
  return { file: file.startsWith('file:') ? fileURLToPath(file) : file, line };
}

/** The line of the file at which the error was thrown; undefined when none of its code ran. */
function frameLine(error: Error, path: string): string | undefined {
  const frames = error.stack?.match(/^ {4}at .+$/gm) ?? [];
  for (const frame of frames) {
    const [, url, line] = /(file:\/\/.+?):(\d+):\d+\)?$/.exec(frame) ?? [];
    if (url !== undefined && fileURLToPath(url.replace(/[?#].*/, '')) === path) return line;
  }
  return undefined;
}

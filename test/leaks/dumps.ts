import assert from 'node:assert/strict';
import { Console } from 'node:console';
import { Writable } from 'node:stream';
import { format, inspect } from 'node:util';
import { serialize } from 'node:v8';

/** Everything that a program can make of a value without asking it to reveal itself, by the name of the way. */
export function dumps(value: unknown): Record<string, string> {
  const all = {
    showHidden: true,
    depth: Infinity,
    getters: true,
    maxArrayLength: null,
    maxStringLength: null,
  };
  return {
    inspect: inspect(value, all),
    'inspect, not customized': inspect(value, { ...all, customInspect: false }),
    String: attempt(() => `${value}`),
    JSON: attempt(() => JSON.stringify(value)),
    format: attempt(() => format('%s %o %O %j %d', value, value, value, value, value)),
    structuredClone: attempt(() => inspect(structuredClone(value), all)),
    serialize: attempt(() => serialize(value).toString('latin1')),
    console: written((console) => {
      console.log(value);
      console.error('%s', value);
      console.dir(value, { showHidden: true, depth: null });
      console.table(value);
    }),
    assert: attempt(() => assert.deepEqual(value, { other: true })),
    cause: inspect(new Error('outer', { cause: value }), all),
    ...(value instanceof Error && { stack: `${value.stack}`, message: value.message, name: value.name }),
  };
}

/** What a conversion gives, or what it says when it refuses. */
function attempt(work: () => unknown): string {
  try {
    return String(work());
  } catch (error) {
    return inspect(error, { showHidden: true });
  }
}

function written(use: (console: Console) => void): string {
  let text = '';
  const stream = new Writable({
    write(chunk, _, done) {
      text += chunk;
      done();
    },
  });
  use(new Console(stream));
  return text;
}

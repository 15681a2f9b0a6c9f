import assert from 'node:assert/strict';
import { Console } from 'node:console';
import { Writable } from 'node:stream';
import { format, inspect } from 'node:util';
import { serialize } from 'node:v8';
import { MessageChannel, receiveMessageOnPort } from 'node:worker_threads';

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
    toString: attempt(() => Object(value).toString()),
    JSON: attempt(() => JSON.stringify(value)),
    format: attempt(() => format('%s %o %O %j %d %i %f %c', ...Array(8).fill(value), value)),
    structuredClone: attempt(() => inspect(structuredClone(value), all)),
    serialize: attempt(() => serialize(value).toString('latin1')),
    console: written((console) => {
      console.log(value);
      console.error('%s', value);
      console.dir(value, { showHidden: true, depth: null });
      console.table(value);
    }),
    'a message to a worker': attempt(() => inspect(received(value), all)),
    assert: attempt(() => assert.deepEqual(value, { other: true })),
    'assert, nested': attempt(() => assert.deepEqual([{ value }], [{ value: 'other' }])),
    'assert, strict': attempt(() => assert.strictEqual(value, 'other')),
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

/** The value as the other side of a channel gets it. */
function received(value: unknown): unknown {
  const { port1, port2 } = new MessageChannel();
  try {
    port1.postMessage(value);
    return receiveMessageOnPort(port2);
  } finally {
    port1.close();
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

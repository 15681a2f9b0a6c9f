import { once } from 'node:events';
import { createServer } from 'node:net';
import { canary } from '@keyturn/conformance';
import type { FetchOptions, Outcome, Provider } from '@keyturn/core';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { examine, examineExpiry, leaksIn } from './examine.ts';
import { FAULTS, type Fault, faults, type Row } from './matrix.ts';
import { cellText, withTable } from './table.ts';

const TOKEN = 'hvs.canary/token+1';

/** A provider that fails as it should, but for what `planted` does meanwhile. */
function provider(
  planted: (options: FetchOptions) => unknown = () => undefined,
  outcome: Outcome<{ value: string }> = { ok: false, code: 'Unavailable', message: 'the store is away' },
): Provider {
  return {
    contract: 1,
    kind: 'planted',
    batchSize: 1,
    params: [],
    async fetch(_, options) {
      await planted(options);
      return [outcome];
    },
    classify: (error) =>
      error instanceof Error ? { code: 'Unavailable', message: error.message, requestId: 'id' } : undefined,
  };
}

async function problemsOf(planted: Provider): Promise<readonly string[]> {
  const subject = {
    provider: planted,
    path: 'app',
    hidden: [TOKEN],
    code: 'Unavailable',
    message: '',
  } as const;
  return (await examine(subject, '500ms')).problems;
}

describe('a value or a token in an error is found', () => {
  class Hiding extends Error {
    readonly #token = TOKEN;
    toJSON() {
      return this.#token;
    }
  }
  const deep = { config: { headers: { a: { b: { c: { d: { authorization: [`Bearer ${TOKEN}`] } } } } } } };
  const base64 = (text: string) => Buffer.from(text).toString('base64');

  it.each<[string, unknown, string[]]>([
    ['message', new Error(`failed with ${TOKEN}`), ['inspect()', 'the text', 'the stack']],
    ['cause', new Error('failed', { cause: new Error(TOKEN) }), ['inspect()']],
    ['cause of a cause', new Error('failed', { cause: new Error('x', { cause: deep }) }), ['inspect()']],
    ['several errors', new AggregateError([new Error(canary)], 'failed'), ['inspect()']],
    ['property', Object.assign(new Error('failed'), deep), ['inspect()', 'JSON']],
    [
      'property that is not enumerable',
      Object.defineProperty(new Error('failed'), 'request', { value: deep }),
      ['inspect()'],
    ],
    ['getter', Object.defineProperty(new Error('failed'), 'request', { get: () => TOKEN }), ['inspect()']],
    ['symbol', Object.assign(new Error('failed'), { [Symbol('request')]: TOKEN }), ['inspect()']],
    ['map', Object.assign(new Error('failed'), { headers: new Map([['token', TOKEN]]) }), ['inspect()']],
    ['JSON alone', new Hiding('failed'), ['JSON']],
    ['Base64', new Error(base64(canary)), ['inspect()', 'the text', 'the stack']],
    ['Base64 of more', new Error(base64(`user:${TOKEN}!`)), ['inspect()', 'the text', 'the stack']],
    ['hex', new Error(Buffer.from(TOKEN).toString('hex')), ['inspect()', 'the text', 'the stack']],
    ['URL', new Error(`/login?token=${encodeURIComponent(TOKEN)}`), ['inspect()', 'the text', 'the stack']],
    ['long text', new Error('x'.repeat(50_000) + canary), ['inspect()', 'the text', 'the stack']],
    ['text that is thrown', TOKEN, ['inspect()', 'JSON', 'the text']],
    ['nothing', new Error('failed'), []],
  ])('%s', (_, error, places) => {
    expect(leaksIn(error, [TOKEN])).toEqual(places.map((place) => `${place} shows a value or a credential`));
  });
});

describe('what a provider does wrong is found', () => {
  const ignore = () => undefined;
  // Vitest fails a run for any unhandled rejection, and Node prints any warning: some of these providers make them.
  beforeEach(() => {
    const rejections = process.listeners('unhandledRejection');
    const warnings = process.listeners('warning');
    process.removeAllListeners('unhandledRejection').on('unhandledRejection', ignore);
    process.removeAllListeners('warning');
    return () => {
      process.removeAllListeners('unhandledRejection').removeAllListeners('warning');
      for (const listener of rejections) process.on('unhandledRejection', listener);
      for (const listener of warnings) process.on('warning', listener);
    };
  });

  const SHOWN = ['inspect()', 'JSON', 'the text', 'the stack', 'what the provider tells core'].map(
    (place) => `${place} shows a value or a credential`,
  );

  it('nothing of one that does all well', async () => {
    expect(await problemsOf(provider())).toEqual([]);
  });

  it('a message that quotes the value, in an outcome or by classify', async () => {
    const quoting = { ok: false, code: 'InvalidValue', message: `no number: ${canary}` } as const;
    // JSON of an error leaves its message out, but has the failures.
    expect(await problemsOf(provider(undefined, quoting))).toEqual(SHOWN);
    const throwing = provider(() => {
      throw new Error(`403 for ${TOKEN}`);
    });
    expect(await problemsOf(throwing)).toEqual(SHOWN);
  });

  it('what core would keep to itself, but the provider should not have told', async () => {
    const telling = { ...provider(), classify: () => ({ code: 'Unavailable', requestId: TOKEN }) as const };
    const throwing: Provider = { ...telling, fetch: () => Promise.reject(new Error('away')) };
    expect(await problemsOf(throwing)).toEqual([
      'what the provider tells core shows a value or a credential',
    ]);
  });

  it('a warning', async () => {
    const problems = await problemsOf(provider(({ warn }) => warn(`token ${TOKEN} ends soon`)));
    expect(problems).toEqual([
      'a warning: inspect() shows a value or a credential',
      'a warning: the text shows a value or a credential',
      'a warning: the stack shows a value or a credential',
    ]);
  });

  it('a rejection that nobody handles', async () => {
    const problems = await problemsOf(provider(() => void Promise.reject(new Error('late'))));
    expect(problems).toEqual(['1 rejected promises are not handled']);
  });

  it('a timer and a server that stay', async () => {
    const server = createServer();
    const timer = provider(async () => {
      const interval = setInterval(ignore, 60_000);
      onTestFinished(() => clearInterval(interval));
      await once(server.listen(0, '127.0.0.1'), 'listening');
      onTestFinished(() => void server.close());
    });
    expect(await problemsOf(timer)).toEqual(['still open after close(): TCPServerWrap, Timeout']);
  });

  it('a fault that does not come about', async () => {
    const found = provider(undefined, { ok: true, value: { value: canary } });
    expect(await problemsOf(found)).toEqual(['resolves']);
  });

  it.each([
    [0, '0 new logins instead of one'],
    [1, undefined],
    [2, '2 new logins instead of one'],
  ])('%i logins after a credential has ended', async (more, problem) => {
    let logins = 1;
    const expiring = {
      provider: provider(undefined, { ok: true, value: { value: canary } }),
      path: 'app',
      async expire() {
        logins += more;
      },
      logins: () => logins,
    };
    expect(await examineExpiry(expiring, '500ms')).toEqual(problem === undefined ? [] : [problem]);
  });

  it('a second read that fails, showing the token', async () => {
    let ended = false;
    const expiring = {
      provider: provider(
        () => {
          if (ended) throw new Error(TOKEN);
        },
        { ok: true, value: { value: canary } },
      ),
      path: 'app',
      hidden: [TOKEN],
      async expire() {
        ended = true;
      },
      logins: () => 1,
    };
    expect(await examineExpiry(expiring, '500ms')).toEqual([
      'the second read does not give the value',
      ...SHOWN.slice(0, 4),
      '0 new logins instead of one',
    ]);
  });
});

describe('the table', () => {
  const never = Object.fromEntries(faults.map((fault) => [fault, 'it never fails'])) as Record<Fault, string>;
  const row = (kind: string): Row => ({
    kind,
    store: 'a file',
    cells: { ...never, missing: () => expect.unreachable() },
  });
  const empty = 'before\n<!-- faults -->\n<!-- /faults -->\nafter\n';
  const ran = (kind: string, text: string) => new Map([[kind, new Map<Fault, string>([['missing', text]])]]);

  it('stands between the markers, and is the same when it is written again', () => {
    const results = ran('one', cellText('NotFound', 'protocol server'));
    const { page, kept } = withTable(empty, [row('one')], results);
    expect(kept).toEqual([]);
    expect(page).toMatch(/^before\n<!-- faults -->\n[\s\S]*\n<!-- \/faults -->\nafter\n$/);
    expect(page).toContain(`\n| ${FAULTS.missing}                              | \`NotFound\`° |\n`);
    expect(page).toContain('\n- `one`: it never fails (denied, bad credentials, ');
    expect(withTable(page, [row('one')], results).page).toBe(page);
  });

  it('keeps what a row said that did not run, and names it', () => {
    const { page } = withTable(empty, [row('one')], ran('one', '`NotFound`'));
    const { page: next, kept } = withTable(page, [row('one'), row('two')], new Map());
    expect(kept).toEqual(['one: missing', 'two: missing']);
    expect(next).toMatch(/^\| missing +\| `NotFound` \| not run \|$/m);
    expect(withTable(page, [row('one')], ran('one', '`Unavailable`')).page).not.toBe(page);
  });

  it('says when a page has no place for it', () => {
    expect(() => withTable('a page', [], new Map())).toThrow(
      'the page has no <!-- faults --> before an <!-- /faults -->',
    );
  });
});

import { describe, expect, it } from 'vitest';
import {
  as,
  ConfigError,
  createRedactor,
  createResolver,
  type Entry,
  type MemoryProvider,
  memory,
  type ResolverOptions,
} from '../src/index.ts';

function masked(store: MemoryProvider, options: Partial<ResolverOptions> = {}) {
  const redactor = createRedactor();
  const resolver = createResolver({ providers: { app: store }, redactor, ...options });
  return { redactor, resolver };
}

describe("a resolver's redactor masks", () => {
  it('what was resolved, and nothing before', async () => {
    const { redactor, resolver } = masked(memory({ a: 'canary-a', b: 'canary-b' }));
    await resolver.resolve({ A: 'app://a' });
    expect(redactor.redact('canary-a canary-b')).toBe('[secret] canary-b');
    await resolver.resolve('app://b');
    expect(redactor.redact('canary-a canary-b')).toBe('[secret] [secret]');
  });

  it.each<[string, Omit<Entry, 'ref'>, string, string[]]>([
    ['text', {}, 'canary-a', ['canary-a']],
    ['the items of a list', { as: as.list() }, 'canary-a, canary-b', ['canary-a', 'canary-b']],
    ['a number', { as: as.integer() }, '12345678', ['12345678']],
    ['bytes, and their base64', { as: as.base64() }, btoa('canary-a'), ['canary-a', btoa('canary-a')]],
    ['a password', { as: as.databaseUrl() }, 'pg://app:canary-a@localhost/app', ['canary-a']],
    ['the strings of a document', { as: as.json() }, '{"a":["canary-a"]}', ['canary-a']],
    ['the text of a URL', { as: as.url() }, 'https://host/?key=canary', ['https://host/?key=canary']],
  ])('%s', async (_, entry, stored, shown) => {
    const { redactor, resolver } = masked(memory({ x: stored }));
    await resolver.resolve({ X: { ref: 'app://x', ...entry } });
    for (const text of shown) expect(redactor.redact(`<${text}>`)).toBe('<[secret]>');
  });

  it("a store's own fields, and one of them alone", async () => {
    const store = memory({ x: { user: 'application', password: 'canary-a' } });
    const one = masked(store);
    await one.resolver.resolve('app://x#password');
    expect(one.redactor.redact('application canary-a')).toBe('application [secret]');
    const all = masked(store);
    await all.resolver.resolve({ X: { ref: 'app://x', as: as.json() } });
    expect(all.redactor.redact('application canary-a')).toBe('[secret] [secret]');
  });

  it('what a schema is given, before it can log it, and what it gives', async () => {
    const { redactor, resolver } = masked(memory({ x: 'canary-a' }));
    let logged = '';
    const validate = (value: unknown) => {
      logged = redactor.redact(`${value}`);
      return { value: 'canary-b' };
    };
    await resolver.resolve({
      X: { ref: 'app://x', as: { '~standard': { version: 1, vendor: 'a', validate } } },
    });
    expect(logged).toBe('[secret]');
    expect(redactor.redact('canary-b')).toBe('[secret]');
  });

  it('a default that stands in', async () => {
    const { redactor, resolver } = masked(memory({ empty: '' }), { allowDefaults: true });
    await resolver.resolve({
      A: { ref: 'app://none', default: 'canary-a' },
      B: { ref: 'app://empty', default: 'canary-b' },
    });
    expect(redactor.redact('canary-a canary-b')).toBe('[secret] [secret]');
  });

  it('nothing of a default that is no JSON, which stands in all the same', async () => {
    const { resolver } = masked(memory(), { allowDefaults: true });
    const value = await resolver.resolve('app://none', { as: as.json(), default: { big: 12n } });
    expect(value.reveal()).toEqual({ big: 12n });
  });

  it('each version of a secret, also in a stream that runs', async () => {
    const store = memory({ x: 'canary-1' });
    const { redactor, resolver } = masked(store, { cache: false });
    const stream = redactor.stream();
    const write = (text: string) => new TextDecoder().decode(stream.write(new TextEncoder().encode(text)));
    const versions = resolver.watch('app://x', { interval: 1 })[Symbol.asyncIterator]();
    await versions.next();
    expect(write('canary-1 canary-2;')).toBe('[secret] canary-2;');
    store.set('x', 'canary-2');
    await versions.next();
    expect(write('canary-1 canary-2;')).toBe('[secret] [secret];');
    await resolver.close();
  });

  it('each of many references', async () => {
    const values = Array.from({ length: 20 }, (_, at) => `canary-${at}.`);
    const { redactor, resolver } = masked(memory(Object.fromEntries(values.entries())));
    await resolver.resolve(Object.fromEntries(values.map((_, at) => [`N${at}`, `app://${at}`])));
    expect(redactor.redact(values.join(' '))).toBe(values.map(() => '[secret]').join(' '));
  });

  it('what each of many resolvers read, by the same reference', async () => {
    const redactor = createRedactor();
    const values = Array.from({ length: 20 }, (_, tenant) => `canary-${tenant}.`);
    for (const x of values) {
      await createResolver({ providers: { app: memory({ x }) }, redactor }).resolve('app://x');
    }
    expect(redactor.redact(values.join(' '))).toBe(values.map(() => '[secret]').join(' '));
  });
});

it('a config that is loaded again and again fills no memory: of one store, ten values stay', async () => {
  const redactor = createRedactor();
  const app = memory();
  for (let version = 1; version <= 12; version++) {
    app.set('x', `canary-${version}.`);
    const resolver = createResolver({ providers: { app }, redactor });
    await resolver.resolve('app://x');
    await resolver.close();
  }
  const shown = Array.from({ length: 12 }, (_, at) => redactor.redact(`canary-${at + 1}.`));
  expect(shown).toEqual(['canary-1.', 'canary-2.', ...Array(10).fill('[secret]')]);
});

describe("a resolver's redactor does not mask", () => {
  it('what is not sensitive', async () => {
    const { redactor, resolver } = masked(memory({ x: 'canary-a' }));
    await resolver.resolve({
      X: { ref: 'app://x', sensitive: false },
      Y: { ref: 'app://y', sensitive: false, default: 'canary-b' },
    });
    expect(redactor.redact('canary-a canary-b')).toBe('canary-a canary-b');
  });

  it('the host of a database', async () => {
    const { redactor, resolver } = masked(memory({ x: 'pg://app:canary-a@database.internal/app' }));
    await resolver.resolve('app://x', { as: as.databaseUrl() });
    expect(redactor.redact('canary-a at database.internal')).toBe('[secret] at database.internal');
  });

  it('what is absent', async () => {
    const { redactor, resolver } = masked(memory());
    await resolver.resolve({ X: { ref: 'app://x', optional: true } });
    expect(redactor.redact('undefined')).toBe('undefined');
  });
});

it.each([null, {}, 'redactor', { add: true }])('an option that is no redactor: %j', (redactor) => {
  const options = { providers: { app: memory() }, redactor } as ResolverOptions;
  const problem = { place: 'redactor', message: 'is no redactor: write createRedactor()' };
  expect(() => createResolver(options)).toThrow(new ConfigError([problem]));
});

import fc from 'fast-check';
import { type createResolver, ResolveError, type Warning } from '../../src/index.ts';
import { type Answer, BASE, CacheModel, type How, JITTER, RETRY } from './cache-model.ts';
import { jump, pass, settle } from './clocks.ts';
import { type HeldCall, held } from './held.ts';

type CreateResolver = typeof createResolver;
type Command = fc.AsyncCommand<CacheModel, System, true>;

const KEYS = ['a', 'b'];
/** The same objects each time, since a resolver may remember what they came to. */
const MANIFESTS = new Map(
  [['a'], ['b'], ['a', 'b']].map((keys) => [
    keys.join(),
    Object.fromEntries(keys.map((key) => [key, `app://${key}`])),
  ]),
);

/** A resolver, its store, and all that was asked of it. */
interface System {
  readonly resolver: ReturnType<CreateResolver>;
  readonly calls: readonly HeldCall[];
  readonly asks: { readonly abort: AbortController; readonly bare: boolean; result?: string }[];
  readonly warnings: Warning[];
  versions: number;
}

function open(createResolver: CreateResolver): System {
  const warnings: Warning[] = [];
  const { retries: _, ...app } = held();
  const resolver = createResolver({
    providers: { app },
    // Longer than any run, as the limits are not what is tested.
    deadline: '500d',
    timeout: '500d',
    cache: { ...inMilliseconds(BASE), jitter: 2 * JITTER },
    retry: inMilliseconds({ baseDelay: 2 * RETRY, throttledBaseDelay: 2 * RETRY, maxDelay: 2 * RETRY }),
    onWarning: (warning) => void warnings.push(warning),
  });
  return { resolver, calls: app.calls, asks: [], warnings, versions: 0 };
}

function inMilliseconds(settings: object): Record<string, number> {
  return Object.fromEntries(Object.entries(settings).map(([key, seconds]) => [key, seconds * 1_000]));
}

/** Says what the model says: calls, how each ended, what each caller got, warnings. */
async function compare(model: CacheModel, system: System): Promise<void> {
  await settle();
  const real = {
    calls: system.calls.map(({ paths, signal }) => `${paths} ${signal.aborted ? 'aborted' : 'runs'}`),
    asks: system.asks.map(({ result }) => result ?? 'waits'),
    warnings: system.warnings.length,
  };
  const wanted = {
    calls: model.calls.map(({ keys, state }) => `${keys} ${state === 'aborted' ? 'aborted' : 'runs'}`),
    asks: model.asks.map(({ keys, results, aborted }, index) => {
      if (aborted) return 'left';
      const all = keys.map((key) => results.get(key));
      if (all.includes(undefined)) return 'waits';
      return system.asks[index]?.bare ? bareText(all.join()) : all.join();
    }),
    warnings: model.warnings,
  };
  if (JSON.stringify(real) !== JSON.stringify(wanted)) {
    throw new Error(`is ${JSON.stringify(real)}\nnot ${JSON.stringify(wanted)}`);
  }
}

/** Values without their source; or, as failures are thrown together, the codes alone. */
function bareText(text: string): string {
  const parts = text.split(',');
  const codes = parts.filter((part) => !part.includes(' '));
  return (codes.length > 0 ? codes : parts.map((part) => part.replace(/ .*/, ''))).join();
}

function command(text: string, act: (model: CacheModel, system: System) => void): Command {
  return {
    check: async () => true,
    async run(model, system) {
      act(model, system);
      await compare(model, system);
    },
    toString: () => text,
  };
}

function ask(keys: readonly string[], how: How): Command {
  return command(`ask ${keys} ${JSON.stringify(how)}`, (model, { resolver, asks }) => {
    model.ask(keys, how);
    const abort = new AbortController();
    const { settings, fresh } = how;
    const cache = settings && inMilliseconds(settings);
    const manifest = Object.fromEntries(keys.map((key) => [key, { ref: `app://${key}`, cache }]));
    const work = resolver
      .resolveSettled(manifest, { signal: abort.signal, fresh: fresh ?? false })
      .then(({ values, failures }) => {
        const codes = new Map(failures.map(({ name, code }) => [name, code]));
        return keys.map((key) => codes.get(key) ?? shown(values[key])).join();
      });
    note(asks, abort, false, work);
  });
}

/** By the ways that have a short cut: no options at all, so that nobody can abort. */
function askBare(keys: readonly string[], asManifest: boolean): Command {
  return command(`ask ${keys} bare${asManifest ? ' manifest' : ''}`, (model, { resolver, asks }) => {
    model.ask(keys, {});
    const [first] = keys;
    const work = asManifest
      ? resolver
          .resolve(MANIFESTS.get(keys.join()) ?? {})
          .then((values) => keys.map((key) => values[key]?.reveal()).join())
      : resolver.resolve(`app://${first}`).then((value) => value.reveal());
    const told = work.catch((error: unknown) => {
      if (error instanceof ResolveError) return error.failures.map(({ code }) => code).join();
      throw error;
    });
    note(asks, new AbortController(), true, told);
  });
}

function note(asks: System['asks'], abort: AbortController, bare: boolean, work: Promise<string>): void {
  const entry: System['asks'][number] = { abort, bare };
  asks.push(entry);
  const noted = (result: unknown) => {
    entry.result = String(result);
  };
  work.then(noted, noted);
}

function shown(detailed: { readonly value: unknown; readonly source: string } | undefined): string {
  const value = detailed?.value;
  const text = typeof value === 'object' && value !== null && 'reveal' in value ? value : undefined;
  return `${typeof text?.reveal === 'function' ? text.reveal() : value} ${detailed?.source}`;
}

type Reply = Omit<Extract<Answer, { value: string }>, 'value'> | Extract<Answer, { code: string }>;

function answer(pick: number, replies: readonly Reply[]): Command {
  return command(`answer ${pick} ${JSON.stringify(replies)}`, (model, system) => {
    const open = model.calls.flatMap((call, index) => (call.state === 'open' ? [{ call, index }] : []));
    const chosen = open[pick % open.length];
    if (chosen === undefined) return;
    const answers: Record<string, Answer> = {};
    KEYS.forEach((key, index) => {
      const reply = replies[index] ?? {};
      answers[key] = 'code' in reply ? reply : { ...reply, value: `v${system.versions++}` };
    });
    model.answer(chosen.call, answers);
    system.calls[chosen.index]?.respond((path) => {
      const given = answers[path] ?? { code: 'Unknown' };
      if ('code' in given) {
        const { code, retryAfter } = given;
        return { ok: false, code, ...(retryAfter !== undefined && { retryAfterMs: retryAfter * 1_000 }) };
      }
      const { value, expiresIn, rotatesIn } = given;
      const date = (seconds: number) => new Date(Date.now() + seconds * 1_000);
      const metadata = {
        ...(expiresIn !== undefined && { expiresAt: date(expiresIn) }),
        ...(rotatesIn !== undefined && { rotatesAt: date(rotatesIn) }),
      };
      return { ok: true, value: { value, metadata } };
    });
  });
}

function abort(pick: number): Command {
  return command(`abort ${pick}`, (model, { asks }) => {
    const waiting = asks.flatMap((it, index) => (it.result === undefined && !it.bare ? [index] : []));
    const index = waiting[pick % waiting.length];
    const gone = index === undefined ? undefined : model.asks[index];
    if (index === undefined || gone === undefined) return;
    model.abort(gone);
    asks[index]?.abort.abort('left');
  });
}

function invalidate(target: string | undefined): Command {
  return command(`invalidate ${target ?? 'all'}`, (model, { resolver }) => {
    model.invalidate(target !== undefined && target !== 'app' ? [target] : KEYS);
    if (target === 'app') resolver.invalidate({ provider: 'app' });
    else resolver.invalidate(target && `app://${target}`);
  });
}

const keys = fc.constantFrom(['a'], ['a'], ['b'], ['a', 'b']);
const how = fc.constantFrom<How>(
  {},
  {},
  {},
  {},
  { fresh: true },
  { settings: false },
  { settings: { ttl: 50, staleWhileRevalidate: 0, staleIfError: 60, negativeTtl: 5 } },
  { settings: { ttl: 300, staleIfError: 0 } },
);
const reply = fc.constantFrom<Reply>(
  {},
  {},
  {},
  {},
  {},
  { expiresIn: 70 },
  { expiresIn: -5 },
  { rotatesIn: 120 },
  { expiresIn: 220, rotatesIn: 95 },
  { code: 'NotFound' },
  { code: 'AccessDenied' },
  { code: 'Disabled' },
  { code: 'Unavailable' },
  { code: 'Unavailable' },
  { code: 'Throttled', retryAfter: 30 },
);
const seconds = fc.constantFrom(1, 5, 9, 10, 10, 20, 40, 70, 90, 95, 100, 110, 140, 200, 300);
const pick = fc.nat(5);

const asking = fc.tuple(keys, how).map((args) => ask(...args));
const askingBare = keys.map((all) => askBare(all.slice(0, 1), false));
const askingManifest = keys.map((all) => askBare(all, true));
const answering = fc.tuple(pick, fc.tuple(reply, reply)).map((args) => answer(...args));
const passing = seconds.map((by) =>
  command(`pass ${by}`, (model) => {
    model.pass(by);
    pass(by * 1_000);
  }),
);
const jumping = fc.tuple(seconds, fc.constantFrom(1, -1)).map(([by, sign]) =>
  command(`jump ${by * sign}`, (model) => {
    model.jump(by * sign);
    jump(by * sign * 1_000);
  }),
);
const invalidating = fc.constantFrom('a', 'b', 'app', undefined).map(invalidate);

// What is here more than once comes more often, so that many values live to grow old.
const commands = fc.commands<CacheModel, System, true>(
  [
    ...[asking, asking, asking, askingBare, askingBare, askingManifest, askingManifest],
    ...[answering, answering, answering, answering, answering, answering],
    ...[passing, passing, passing, passing, jumping],
    ...[pick.map(abort), invalidating],
  ],
  { maxCommands: 40, size: 'max' },
);

/** That a resolver's cache does what the model does, whatever happens. Needs stopped clocks and a fixed Math.random. */
export function cacheProperty(createResolver: CreateResolver) {
  return fc.asyncProperty(commands, async (cmds) => {
    const system = open(createResolver);
    try {
      await fc.asyncModelRun(() => ({ model: new CacheModel(), real: system }), cmds);
    } finally {
      await system.resolver.close();
    }
  });
}

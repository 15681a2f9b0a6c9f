import { describe, expect, it } from 'vitest';
import {
  type AuditSink,
  ConfigError,
  createResolver,
  memory,
  ResolveError,
  type ResolverOptions,
} from '../src/index.ts';
import { auditBox } from './support/audit-box.ts';
import { pass, settle, stopClocks } from './support/clocks.ts';
import { held } from './support/held.ts';

stopClocks();

function audited(sinks: readonly AuditSink[], options: Partial<ResolverOptions> = {}) {
  const warnings: string[] = [];
  const resolver = createResolver({
    providers: { app: memory({ x: 'canary-x' }) },
    retry: false,
    onWarning: ({ kind, message }) => warnings.push(`${kind}: ${message}`),
    audit: { sinks },
    ...options,
  });
  return { resolver, warnings };
}

/** What a promise has come to by now: `waits` when to nothing. */
async function stateOf(promise: Promise<unknown>): Promise<string> {
  const settled = promise.then(
    () => 'given',
    (error: unknown) => (error instanceof ResolveError ? (error.failures[0]?.code ?? '') : String(error)),
  );
  await settle();
  return Promise.race([settled, settle().then(() => 'waits')]);
}

/** A write that hangs until it is let go. */
function gate() {
  let open = () => {};
  const closed = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { pass: () => closed, open: () => open() };
}

const full = () => {
  throw new Error('canary: a foreign text');
};
const DOWN = 'audit: box failed: events are missing from it until it works again';

describe('an awaited sink', () => {
  it('has the event before the value is handed out, or a failure told', async () => {
    const box = auditBox();
    const { resolver } = audited([box]);
    for (const reference of ['app://x', 'app://none', 'none://x']) {
      const { pass: wait, open } = gate();
      box.onWrite = wait;
      const resolving = resolver.resolve(reference);
      expect(await stateOf(resolving)).toBe('waits');
      open();
      expect(await stateOf(resolving)).not.toBe('waits');
    }
    expect(box.events.map(({ outcome }) => outcome)).toEqual(['ok', 'NotFound', 'InvalidReference']);
  });

  it('that fails: the value is given; one warning for each outage, and the next write is told what is lost', async () => {
    const box = auditBox();
    const { resolver, warnings } = audited([box]);
    box.onWrite = full;
    for (const _ of [1, 2, 3]) await resolver.resolve('app://x');
    expect(warnings.splice(0)).toEqual([DOWN]);
    box.onWrite = () => {};
    await resolver.resolve('app://x');
    await resolver.resolve('app://x');
    expect([box.events.length, box.drops]).toEqual([2, [3, 0]]);
    box.onWrite = full;
    await resolver.resolve('app://x');
    expect(warnings).toEqual([DOWN]);
  });

  it('says why in words that are ours', async () => {
    const box = auditBox();
    box.onWrite = () => {
      throw new ConfigError([{ place: 'audit file', message: 'the disk is full' }]);
    };
    const { resolver, warnings } = audited([box]);
    await resolver.resolve('app://x');
    const text =
      'audit: box failed (audit file: the disk is full): events are missing from it until it works again';
    expect(warnings).toEqual([text]);
  });

  it('that hangs: is waited for until the deadline, then by nobody until it answers', async () => {
    const box = auditBox();
    const { pass: wait, open } = gate();
    box.onWrite = wait;
    const { resolver, warnings } = audited([box], { deadline: '5s' });
    const first = resolver.resolve('app://x');
    expect(await stateOf(first)).toBe('waits');
    pass(4_999);
    expect(await stateOf(first)).toBe('waits');
    pass(1);
    expect(await stateOf(first)).toBe('given');
    expect(await stateOf(resolver.resolve('app://x'))).toBe('given');
    const late = 'audit: box has not answered in time: events are missing from it until it works again';
    expect(warnings).toEqual([late]);
    open();
    await settle();
    // What waited was not lost.
    expect([box.events.length, box.drops]).toEqual([2, [0, 0]]);
    const { pass: again } = gate();
    box.onWrite = again;
    expect(await stateOf(resolver.resolve('app://x'))).toBe('waits');
  });

  it('has a second where the store used up the deadline', async () => {
    const box = auditBox();
    box.onWrite = gate().pass;
    const { resolver } = audited([box], { providers: { app: held() }, deadline: '5s' });
    const resolving = resolver.resolve('app://x');
    pass(5_000);
    expect(await stateOf(resolving)).toBe('waits');
    pass(999);
    expect(await stateOf(resolving)).toBe('waits');
    pass(1);
    expect(await stateOf(resolving)).toBe('Unavailable');
  });

  it("is not waited for beyond the caller's abort", async () => {
    const box = auditBox();
    box.onWrite = gate().pass;
    const { resolver, warnings } = audited([box]);
    const controller = new AbortController();
    const resolving = resolver.resolve('app://x', { signal: controller.signal });
    expect(await stateOf(resolving)).toBe('waits');
    controller.abort('enough');
    expect(await stateOf(resolving)).toBe('enough');
    expect(warnings).toEqual([]);
  });

  it('gets what comes while it writes in one write, in order', async () => {
    const box = auditBox();
    const { pass: wait, open } = gate();
    box.onWrite = wait;
    const { resolver } = audited([box]);
    const all = ['app://x', 'app://x', 'app://x'].map((reference, index) =>
      resolver.resolve(reference, { reason: String(index) }),
    );
    await settle();
    all.push(resolver.resolve('app://x', { reason: '3' }));
    await settle();
    open();
    await Promise.all(all);
    expect(box.events.map(({ reason }) => reason)).toEqual(['0', '1', '2', '3']);
    expect(box.drops.length).toBeLessThan(4);
  });
});

describe('a sink that may refuse', () => {
  const refusal = {
    code: 'Refused',
    message: 'box has not recorded the access, and nothing is handed out without',
    hint: 'Repair what it writes to; or let the audit go on without it: onFailure: "warn".',
  };

  it('refuses every name while it fails, and the other sinks say so', async () => {
    const box = auditBox({ onFailure: 'refuse' });
    const other = auditBox({ title: 'other' });
    const { resolver, warnings } = audited([other, box]);
    box.onWrite = full;
    const manifest = { X: 'app://x', NONE: 'app://none' };
    const { values, failures } = await resolver.resolveSettled(manifest);
    expect({ values, failures }).toEqual({
      values: {},
      failures: [
        { name: 'X', reference: 'app://x', ...refusal },
        { name: 'NONE', reference: 'app://none', ...refusal },
      ],
    });
    expect(other.events.map(({ name, outcome, source }) => [name, outcome, source])).toEqual([
      ['X', 'Refused', undefined],
      ['NONE', 'Refused', undefined],
    ]);
    expect(warnings).toEqual([DOWN]);
    box.onWrite = () => {};
    expect((await resolver.resolve('app://x')).reveal()).toBe('canary-x');
    expect(box.drops).toEqual([2]);
  });

  it('refuses at the deadline when it hangs, then at once', async () => {
    const box = auditBox({ onFailure: 'refuse' });
    box.onWrite = gate().pass;
    const { resolver } = audited([box]);
    const first = resolver.resolve('app://x');
    expect(await stateOf(first)).toBe('waits');
    pass(10_000);
    expect(await stateOf(first)).toBe('Refused');
    expect(await stateOf(resolver.resolve('app://x'))).toBe('Refused');
  });
});

describe('a sink that is not awaited', () => {
  it('holds up nobody; beyond 10,000 events what comes is dropped, counted, and warned of once', async () => {
    const box = auditBox({ awaited: false });
    const { pass: wait, open } = gate();
    box.onWrite = wait;
    const { resolver, warnings } = audited([box]);
    const names = Array.from({ length: 1_000 }, (_, index) => [`N${index}`, 'app://x'] as const);
    const manifest = Object.fromEntries(names);
    for (let round = 0; round < 12; round++) await resolver.resolve(manifest);
    const slow = 'audit: box is too slow: events are missing from it until it works again';
    expect(warnings).toEqual([slow]);
    open();
    await settle();
    expect([box.events.length, box.drops]).toEqual([10_000, [0, 2_000]]);
    await resolver.resolve(manifest);
    await settle();
    expect([box.events.length, box.drops]).toEqual([11_000, [0, 2_000, 0]]);
  });

  it('that is too slow all the time is one warning', async () => {
    const box = auditBox({ awaited: false });
    const gates = [gate(), gate(), gate()];
    let writes = 0;
    box.onWrite = () => gates[writes++]?.pass();
    const { resolver, warnings } = audited([box]);
    const names = Array.from({ length: 1_000 }, (_, index) => [`N${index}`, 'app://x'] as const);
    const manifest = Object.fromEntries(names);
    for (let round = 0; round < 12; round++) await resolver.resolve(manifest);
    gates[0]?.open();
    await settle();
    for (let round = 0; round < 12; round++) await resolver.resolve(manifest);
    expect(box.drops).toEqual([0]);
    expect(warnings).toHaveLength(1);
    for (const { open } of gates) open();
    await settle();
    expect([box.events.length, box.drops]).toEqual([11_000, [0, 2_000, 11_000]]);
  });

  it('that throws changes nothing but one warning', async () => {
    const box = { title: 'box', awaited: false, write: full };
    const { resolver, warnings } = audited([box]);
    for (const _ of [1, 2]) expect((await resolver.resolve('app://x')).reveal()).toBe('canary-x');
    await settle();
    expect(warnings).toEqual([DOWN]);
  });
});

describe('closing', () => {
  it('waits for what is still to be written, then closes each sink', async () => {
    const box = auditBox({ awaited: false });
    const { pass: wait, open } = gate();
    box.onWrite = wait;
    const { resolver } = audited([box]);
    await resolver.resolve('app://x');
    const closing = resolver.close();
    expect(await stateOf(closing)).toBe('waits');
    expect(box.closes).toBe(0);
    open();
    await closing;
    expect([box.events.length, box.closes]).toEqual([1, 1]);
  });

  it('tells what is lost, where no event is left to say so', async () => {
    const box = auditBox();
    const { resolver } = audited([box]);
    box.onWrite = full;
    await resolver.resolve('app://x');
    box.onWrite = () => {};
    await resolver.close();
    expect([box.events, box.drops]).toEqual([[], [1]]);
  });

  it('ends by the deadline though a sink hangs, and says so', async () => {
    const box = auditBox({ awaited: false });
    box.onWrite = gate().pass;
    const other = auditBox({ awaited: false, title: 'other' });
    other.onClose = full;
    const { resolver, warnings } = audited([box, other], { deadline: '5s' });
    await resolver.resolve('app://x');
    const closing = resolver.close();
    expect(await stateOf(closing)).toBe('waits');
    pass(5_000);
    expect(await stateOf(closing)).toBe('given');
    expect(warnings).toEqual([
      'audit: other could not be closed cleanly',
      'audit: box could not be closed cleanly',
    ]);
  });
});

import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { as, createResolver, memory, type StandardSchema } from '../src/index.ts';
import { pass, settle, stopClocks } from './support/clocks.ts';
import { held } from './support/held.ts';

stopClocks();

const SECOND = 1_000;

/** Agrees when the test says so. */
function patient(): StandardSchema & { agree(): void } {
  let agree = () => {};
  const agreed = new Promise<void>((resolve) => {
    agree = resolve;
  });
  const validate = (value: unknown) => agreed.then(() => ({ value }));
  return { '~standard': { version: 1, vendor: 'test', validate }, agree: () => agree() };
}

function described(settled: {
  readonly values: object;
  readonly failures: readonly { readonly name: string; readonly code: string; readonly message: string }[];
}): string[] {
  const failures = settled.failures.map(({ name, code, message }) => `${name} ${code}: ${message}`);
  return [...Object.keys(settled.values), ...failures];
}

describe('a value that was read', () => {
  it.each<[string, StandardSchema]>([
    ['at once', as.port()],
    ['in some turns of promises', z.coerce.number().refine(async () => true)],
    ['by a schema within as.json()', as.json(z.number().refine(async () => true))],
  ])('is converted %s though another store hangs until the deadline', async (_, schema) => {
    const resolver = createResolver({
      providers: { app: memory({ port: '80' }), down: held() },
      timeout: '5s',
      deadline: '1s',
    });
    const settled = resolver.resolveSettled({ p: { ref: 'app://port', as: schema }, q: 'down://q' });
    await settle();
    pass(SECOND);
    await settle();
    expect(described(await settled)).toEqual([
      'p',
      'q Unavailable: no answer within the deadline of 1000 ms',
    ]);
  });

  it.each<[string, StandardSchema]>([
    ['at once', as.port()],
    ['in some turns of promises', z.coerce.number().refine(async () => true)],
  ])('is converted %s though it is an old one, served at the deadline', async (_, schema) => {
    const app = held();
    const resolver = createResolver({ providers: { app }, timeout: '5s', deadline: '1s' });
    const ask = () => resolver.resolveWithMetadata('app://x', { as: schema });
    const first = ask();
    await settle();
    app.calls[0]?.answer('80');
    await first;
    pass(1_000 * SECOND);
    const second = ask();
    await settle();
    pass(SECOND);
    await settle();
    expect(await second).toMatchObject({ source: 'stale' });
  });

  it('is converted while another store is still asked', async () => {
    const down = held();
    const schema = patient();
    const resolver = createResolver({
      providers: { app: memory({ x: '1' }), down },
      timeout: '5s',
      deadline: '1s',
    });
    const settled = resolver.resolveSettled({ x: { ref: 'app://x', as: schema }, q: 'down://q' });
    await settle();
    schema.agree();
    await settle();
    pass(SECOND);
    expect(described(await settled)).toEqual([
      'x',
      'q Unavailable: no answer within the deadline of 1000 ms',
    ]);
  });

  it('is Unavailable while its schema thinks, which ends at the deadline', async () => {
    const resolver = createResolver({ providers: { app: memory({ x: '1' }) }, deadline: '1s' });
    const settled = resolver.resolveSettled({ x: { ref: 'app://x', as: patient() } });
    await settle();
    pass(SECOND);
    await settle();
    pass(1);
    expect(described(await settled)).toEqual([
      'x Unavailable: its schema gave no answer within the deadline of 1000 ms',
    ]);
  });

  it("is not waited for after a caller's abort", async () => {
    const resolver = createResolver({ providers: { app: memory({ x: '1' }) } });
    const abort = new AbortController();
    const work = resolver.resolve('app://x', { as: patient(), signal: abort.signal });
    await settle();
    abort.abort('enough');
    await expect(work).rejects.toBe('enough');
  });
});

describe('a schema that gives no result', () => {
  it('fails its own name, and no other', async () => {
    const broken: StandardSchema = {
      '~standard': { version: 1, vendor: 'broken', validate: () => undefined as never },
    };
    const resolver = createResolver({ providers: { app: memory({ x: 'canary', y: 'y' }) } });
    const settled = await resolver.resolveSettled({ x: { ref: 'app://x', as: broken }, y: 'app://y' });
    expect(described(settled)).toEqual([
      'y',
      'x InvalidValue: got no result from its broken schema: neither a value nor issues',
    ]);
  });
});

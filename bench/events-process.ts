// A process that times the hits of one copy of core, by itself: two copies in one process spoil each other's compiler.
type Core = typeof import('@keyturn/core');

const BATCHES = 40;
const names = Array.from({ length: 50 }, (_, index) => `s${index}`);
const [copy = ''] = process.argv.slice(2);
const { createResolver, memory }: Core = await import(copy);

const app = memory(Object.fromEntries(names.map((name) => [name, `value of ${name}`])));
const resolver = createResolver({ providers: { app } });
const manifest = Object.fromEntries(names.map((name) => [name.toUpperCase(), `app://${name}`]));

/** Nanoseconds of one run in the quickest of many batches: what else the machine does only ever adds. */
async function nanosOf(times: number, run: () => Promise<unknown>): Promise<number> {
  let least = Infinity;
  for (let batch = 0; batch < BATCHES; batch++) {
    const start = process.hrtime.bigint();
    for (let turn = 0; turn < times; turn++) await run();
    least = Math.min(least, Number(process.hrtime.bigint() - start) / times);
  }
  return least;
}

await resolver.resolve('app://s0');
await resolver.resolve(manifest);
const one = await nanosOf(20_000, () => resolver.resolve('app://s0'));
const many = await nanosOf(2_000, () => resolver.resolve(manifest));
console.log(JSON.stringify({ one, many }));

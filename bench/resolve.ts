// What one cache-free resolve of 1,000 names from memory costs, and whether it makes the calls that plan() says.
import { createResolver, memory } from '@keyturn/core';
import { figure, median } from './measure.ts';

const NAMES = 1_000;
const numbers = Array.from({ length: NAMES }, (_, index) => index);
const store = memory(Object.fromEntries(numbers.map((n) => [`s${n}`, `value ${n}`])), { batchSize: 10 });
const resolver = createResolver({ providers: { app: store }, cache: false });
const manifest = Object.fromEntries(numbers.map((n) => [`NAME_${n}`, `app://s${n}`]));

const planned = resolver.plan(manifest).calls.length;
await resolver.resolve(manifest);
const made = store.calls.length;
figure(`calls for ${NAMES} names, ten a call`, String(made), {
  text: `as planned, ${planned}`,
  met: made === planned,
});

const micros: number[] = [];
for (let round = 0; round < 50; round++) {
  store.calls.length = 0;
  const start = process.hrtime.bigint();
  await resolver.resolve(manifest);
  micros.push(Number(process.hrtime.bigint() - start) / 1e3);
}
figure('one resolve, per name', `${(median(micros) / NAMES).toFixed(2)} us`);

const { gc } = globalThis;
if (gc === undefined) throw new Error('run with --expose-gc');
const bytes: number[] = [];
for (let round = 0; round < 20; round++) {
  store.calls.length = 0;
  gc();
  const before = process.memoryUsage().heapUsed;
  const held = await resolver.resolve(manifest);
  gc();
  const kept = process.memoryUsage().heapUsed - before;
  if (Object.keys(held).length === NAMES) bytes.push(kept);
}
figure('what its result holds on to, per name', `${(median(bytes) / NAMES).toFixed(0)} bytes`);
await resolver.close();

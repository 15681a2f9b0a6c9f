import { expect } from 'vitest';
import { wrongs } from './judge.ts';
import { codesOf, inOutage, isFresh, isRefused, refusalOfAll } from './served.ts';
import { STALE_IF_ERROR, TTL } from './settings.ts';
import type { World } from './world.ts';

const BOUND = 5_000;

/** Past `staleIfError` nothing is served any more; when the store is back, it is again. */
export async function refusesPastTheBound({
  store,
  secrets,
  gate,
  serve,
  mark,
  close,
}: World): Promise<void> {
  const service = await serve('service.ts', { STALE_IF_ERROR: String(BOUND) });
  await service.until(isFresh, 'fresh values');

  mark('the store is cut off');
  gate.cut();
  const pastBound = performance.now() + TTL + BOUND;
  await service.until(inOutage(), 'stale values');
  await service.until(isRefused, 'a refusal');
  await service.more(10);

  const back = performance.now();
  gate.pass(store.address);
  mark('the store is back');
  await service.until(isFresh, 'fresh values again');
  await service.more(10);
  const answers = await close(service);

  expect(wrongs(answers, secrets, BOUND)).toEqual([]);
  expect(codesOf(answers)).toEqual(['Unavailable']);
  // Nothing that began to be read before the store was cut off is within the bound any more.
  const outage = answers.filter(({ begunAt, endedAt }) => begunAt > pastBound && endedAt < back);
  expect(new Set(outage.map(({ body }) => body))).toEqual(new Set([refusalOfAll('Unavailable')]));
}

/** What the store denies is not served from before, though it was served in the outage just before. */
export async function stopsWhenDenied(
  code: 'AccessDenied' | 'Unauthenticated',
  { store, secrets, gate, serve, mark, close }: World,
): Promise<void> {
  const { env, deny } = await store.grant(secrets.shop);
  const service = await serve('service.ts', env);
  await service.until(isFresh, 'fresh values');

  mark('the store is cut off');
  gate.cut();
  await service.until(inOutage(), 'stale values');

  gate.pass(await deny(code));
  mark('the store is back, and denies');
  await service.until(isRefused, 'a refusal');
  const refused = performance.now();
  await service.more(15);
  const answers = await close(service);

  expect(wrongs(answers, secrets, STALE_IF_ERROR)).toEqual([]);
  expect(answers.filter((answer) => answer.begunAt > refused && !isRefused(answer))).toEqual([]);
  expect(codesOf(answers)).toEqual([code]);
  expect(answers.at(-1)?.body).toBe(refusalOfAll(code));
}

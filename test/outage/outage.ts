import { expect } from 'vitest';
import type { Fault } from './faults.ts';
import { wrongs } from './judge.ts';
import type { Ended } from './project.ts';
import { NAMES } from './secrets.ts';
import { bodyOf, inOutage, isFresh } from './served.ts';
import { STALE_IF_ERROR } from './settings.ts';
import { leaksIn, type World } from './world.ts';

/** What the quickstart's app answers. */
const GREETING = JSON.stringify({
  database: 'postgres at db.internal',
  DATABASE_URL: '[secret]',
  STRIPE_KEY: '[secret]',
  SESSION_KEY: '[secret]',
  POOL_SIZE: 20,
  LOG_LEVEL: 'warn',
});
const ENDED_WELL = { code: 0, stderr: '' };

/** The app and the service go on while the store is away; who boots meanwhile waits for it, up to the deadline. */
export async function servesThrough(fault: Fault, world: World): Promise<void> {
  const { store, secrets, gate, start, serve, mark, close } = world;
  const [app, service] = await Promise.all([serve('app.ts'), serve('service.ts')]);
  await service.until(isFresh, 'fresh values');

  mark(`${fault.title}; a rotation begins, and two boots, with deadlines of 60 s and 1 s`);
  const end = await fault.begin(store, gate, secrets);
  const isStale = inOutage();
  const { value, written } = secrets.rotate();
  const [waiting, hurried] = await Promise.all([
    start('app.ts', { BOOT_DEADLINE: '60s' }),
    start('app.ts', { BOOT_DEADLINE: '1s' }),
  ]);
  await service.until(isStale, 'stale values');
  await waiting.reached;
  const refusal = await hurried.ended;
  mark(`the boot with a deadline of 1 s has ended, with ${refusal.code}`);
  await service.more(5);

  await end();
  await written;
  mark('the store is back, with the new value');
  const greeted = await greetingOf(await waiting.url);
  mark('the other boot is up');
  const isNew = (answer: (typeof service.answers)[number]) =>
    bodyOf(answer).served?.STRIPE_KEY?.value === value;
  await service.until((answer) => isFresh(answer) && isNew(answer), 'the new value, fresh');
  await service.more(15);
  const answers = await close(service);

  expect(answers.filter(({ status }) => status !== 200).map(({ body }) => body)).toEqual([]);
  expect(wrongs(answers, secrets, STALE_IF_ERROR)).toEqual([]);

  await app.stop();
  expect(new Set(app.answers.map(({ body }) => body))).toEqual(new Set([GREETING]));
  expect(await app.program.stop()).toEqual(ENDED_WELL);
  expect(greeted).toBe(GREETING);
  expect(await waiting.stop()).toEqual(ENDED_WELL);
  expectRefusal(refusal);
}

async function greetingOf(url: string | undefined): Promise<string | undefined> {
  if (url === undefined) return undefined;
  const response = await fetch(url, { headers: { connection: 'close' } });
  return await response.text();
}

/** One error that names each secret of the store: POOL_SIZE too, since its default is for what is not there. */
function expectRefusal({ code, stderr }: Ended): void {
  expect(code).toBe(1);
  expect(stderr.match(/^ResolveError: .*/gm)).toEqual(['ResolveError: 4 secrets could not be resolved:']);
  const failures = stderr.matchAll(/^ {2}(\w+) \(app:\/\/\S+\): (?:Unavailable|Throttled): ./gm);
  expect([...failures].map(([, name]) => name)).toEqual(NAMES);
  expect(leaksIn(stderr)).toEqual([]);
}

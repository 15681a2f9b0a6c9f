import { afterAll, beforeAll, describe, it } from 'vitest';
import { refusesPastTheBound, stopsWhenDenied } from './bounds.ts';
import { FAULTS } from './faults.ts';
import { servesThrough } from './outage.ts';
import { makeProject, type Project } from './project.ts';
import type { AtEnd, Store } from './store.ts';
import { openWorld, type World } from './world.ts';

/**
 * The tests of one kind of store. Each prints what its service answered, when, and for how long. They are side by
 * side, since an outage is mostly waiting; what takes the store from all gets one of its own.
 * @param startsSlowly such faults happen one after another instead, to the one that all share.
 */
export function outagesOf(
  kind: string,
  open: (atEnd: AtEnd) => Promise<Store>,
  { startsSlowly = false } = {},
): void {
  const stops: (() => unknown)[] = [];
  let shared: Store;
  let project: Project;

  beforeAll(async () => {
    project = await makeProject();
    stops.push(project.remove);
    shared = await open((stop) => stops.push(stop));
  });
  afterAll(async () => {
    for (const stop of stops.toReversed()) await stop();
  });

  function test(title: string, work: (world: World) => Promise<void>, ownStore = false): void {
    it(title, { timeout: 600_000 }, async ({ onTestFinished }) => {
      const atEnd: AtEnd = (stop) =>
        onTestFinished(async () => {
          await stop();
        });
      const store = ownStore ? await open(atEnd) : shared;
      await work(await openWorld(kind, title, store, project, atEnd));
    });
  }

  const inTurn = FAULTS.filter(({ forAll }) => forAll && startsSlowly);
  for (const fault of inTurn) test(fault.title, (world) => servesThrough(fault, world));

  describe('side by side', { concurrent: true }, () => {
    for (const fault of FAULTS) {
      if (!inTurn.includes(fault)) test(fault.title, (world) => servesThrough(fault, world), fault.forAll);
    }
    test('an outage lasts beyond the bound', refusesPastTheBound);
    test('after an outage its policy is gone', (world) => stopsWhenDenied('AccessDenied', world));
    test('after an outage its credential is void', (world) => stopsWhenDenied('Unauthenticated', world));
  });
}

import type { Gate } from './gate.ts';
import type { Secrets } from './secrets.ts';
import type { Store } from './store.ts';

/** A way for a store to be away. */
export interface Fault {
  readonly title: string;
  /** Takes the store from all who read it, not only from those behind the gate. */
  readonly forAll?: true;
  /** Begins it, and gives what ends it. */
  begin(store: Store, gate: Gate, secrets: Secrets): Promise<() => Promise<void>>;
}

export const FAULTS: readonly Fault[] = [
  { title: 'its container is paused', forAll: true, begin: (store) => store.pause() },
  {
    title: 'its container is killed, and another started',
    forAll: true,
    async begin(store, gate, secrets) {
      await store.kill();
      return async () => {
        await store.start();
        // An empty store would rightly be believed: nobody is let in before it has its data again.
        await secrets.seed();
        gate.pass(store.address);
      };
    },
  },
  { title: 'it throttles', begin: (store, gate, { shop }) => store.throttle(gate, shop) },
  {
    title: 'it is cut off',
    async begin(store, gate) {
      gate.cut();
      return async () => gate.pass(store.address);
    },
  },
];

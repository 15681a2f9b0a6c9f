import { setTimeout as delay } from 'node:timers/promises';
import type { Store } from './store.ts';

/** A stored text, and when it was current, by `performance.now()`. While it is being replaced, both are. */
export interface Version {
  readonly value: string;
  readonly from: number;
  until: number;
}

/** The quickstart's secrets in a store: two documents, of which one is rotated. */
export interface Secrets {
  /** The folder of the documents. */
  readonly shop: string;
  /** Of each name, oldest first. */
  readonly versions: ReadonlyMap<string, readonly Version[]>;
  /** Writes all documents anew, with what is current. */
  seed(): Promise<void>;
  /** Begins to replace STRIPE_KEY. The write is tried until the store has it. */
  rotate(): { readonly value: string; readonly written: Promise<void> };
}

const APP = {
  DATABASE_URL: 'postgres://shop:canary-password@db.internal:5432/shop',
  SESSION_KEY: Buffer.from('canary-session').toString('base64'),
  POOL_SIZE: '20',
};

/** What comes of the store, in the config's order. */
export const NAMES = ['DATABASE_URL', 'STRIPE_KEY', 'SESSION_KEY', 'POOL_SIZE'];
/** A part of each value that is nobody else's. */
export const CANARIES = ['canary-', APP.SESSION_KEY];

const INSIST_MS = 60_000;
const PAUSE_MS = 50;

export function makeSecrets(shop: string, store: Store): Secrets {
  const always = { from: Number.NEGATIVE_INFINITY, until: Number.POSITIVE_INFINITY };
  let current: Version = { ...always, value: 'canary-stripe-1' };
  const stripe = [current];
  const writeApp = () => insist(() => store.write(shop, 'app', APP));
  const writePayments = () => insist(() => store.write(shop, 'payments', { stripe: current.value }));

  return {
    shop,
    versions: new Map<string, readonly Version[]>([
      ...Object.entries(APP).map(([name, value]): [string, Version[]] => [name, [{ ...always, value }]]),
      ['STRIPE_KEY', stripe],
    ]),
    async seed() {
      await writeApp();
      await writePayments();
    },
    rotate() {
      const old = current;
      current = { ...always, value: `canary-stripe-${stripe.length + 1}`, from: performance.now() };
      stripe.push(current);
      const written = writePayments().then(() => {
        old.until = performance.now();
      });
      return { value: current.value, written };
    },
  };
}

/** Does it again until it is done. */
async function insist(work: () => Promise<void>): Promise<void> {
  const end = performance.now() + INSIST_MS;
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (performance.now() > end) throw error;
      await delay(PAUSE_MS);
    }
  }
}

import type { Gate } from './gate.ts';

export type AtEnd = (stop: () => unknown) => void;

/** A real store in a container. */
export interface Store {
  /** Where it is now. */
  readonly address: string;
  /** How a child process comes to it, through a door. */
  env(address: string): Readonly<Record<string, string>>;
  /** Writes a document, past every gate, by another client than Keyturn. Rejects if the store can't be written to. */
  write(shop: string, document: string, fields: Readonly<Record<string, string>>): Promise<void>;
  /** Holds the container: it takes connections and answers nothing. Gives what lets it go on. */
  pause(): Promise<() => Promise<void>>;
  kill(): Promise<void>;
  /** Starts it again after a kill: empty, at another address. */
  start(): Promise<void>;
  /** Makes it answer whoever comes through the gate that they ask too often. Gives what ends that. */
  throttle(gate: Gate, shop: string): Promise<() => Promise<void>>;
  /** Lets one client read a shop's secrets by a credential of its own. */
  grant(shop: string): Promise<Grant>;
}

/** A permission to read, which can be taken away in two ways, by the code of what a read ends with then. */
interface Grant {
  /** Who its owner is: variables for a child process. */
  readonly env: Readonly<Record<string, string>>;
  /** Gives the address that the gate has to lead to from then on. */
  deny(code: 'AccessDenied' | 'Unauthenticated'): Promise<string>;
}

import { ConfigError } from './errors.ts';
import type { Source } from './manifest.ts';
import type { ErrorCode } from './provider.ts';
import type { RotationVerdict } from './rotation-judge.ts';

/** What every event says. No event holds a value, or a text that a store or a vendor wrote. */
interface Said<Type extends string> {
  readonly type: Type;
  /** When it was told, in milliseconds since 1970. */
  readonly at: number;
  /** A random id of the resolver, which tells the resolvers of one process apart. */
  readonly resolver: string;
}

/** What happened between a resolver and one provider. */
interface SaidOfProvider<Type extends string> extends Said<Type> {
  /** The user's name for the provider, with its place where `firstOf` gives the name several: `app/2`. */
  readonly provider: string;
  /** The kind of store, such as `aws-ssm`. */
  readonly kind: string;
}

/** One name was resolved, or was not. None for a resolve that its caller aborted. */
export interface ResolveEvent extends Said<'resolve'> {
  /** The name in the manifest; for a bare reference, the reference itself. */
  readonly name: string;
  /** As text; of one that is wrong only the provider's name, as it may be a value put in the wrong place. */
  readonly reference: string;
  /** The user's name for the provider; left out when the reference is wrong. */
  readonly provider?: string;
  /** The kind of store that answered; left out when the reference is wrong. */
  readonly kind?: string;
  /** Where the value came from; left out on failure. */
  readonly source?: Source;
  /** The store's own name for the version, where it has one. */
  readonly version?: string;
  /** Why there is no value. */
  readonly code?: ErrorCode;
  /** From the begin of the resolve to its end, all of its names together. */
  readonly durationMs: number;
}

/** One call to a store has ended, whatever it brought. */
export interface FetchEvent extends SaidOfProvider<'fetch'> {
  /** The store's own names for what the call read. */
  readonly paths: readonly string[];
  /** How many of them came without a value. */
  readonly failed: number;
  /** The code of the call or of an item; NotFound only when there is no other. */
  readonly code?: ErrorCode;
  /** True when the callers aborted before there was an answer. */
  readonly aborted?: true;
  readonly durationMs: number;
}

/** A call, or some items of it, will be tried again. */
export interface RetryEvent extends SaidOfProvider<'retry'> {
  readonly paths: readonly string[];
  /** What it failed with; Throttled where that is one of several. */
  readonly code: ErrorCode;
  /** Which attempt it will be, from 2. */
  readonly attempt: number;
  readonly delayMs: number;
}

/** A call, or some items of it, would be tried again, but may not. */
export interface RetryRefusedEvent extends SaidOfProvider<'retryRefused'> {
  readonly paths: readonly string[];
  readonly code: ErrorCode;
  /** How many attempts there were. */
  readonly attempts: number;
  /** `budget`: the retries are used up. `deadline`: the store's Retry-After lies beyond it. */
  readonly reason: 'budget' | 'deadline';
}

/** An old value was served. */
export interface StaleEvent extends SaidOfProvider<'stale'> {
  readonly path: string;
  readonly source: 'stale' | 'snapshot';
  readonly ageMs: number;
  /** What the store failed with; left out when it is only being asked anew. */
  readonly code?: ErrorCode;
}

/** A store was read anew, and gave another value, or another version, than the one that was kept. */
export interface RotatedEvent extends SaidOfProvider<'rotated'> {
  readonly path: string;
  /** The store's own name for the new version, where it has one. */
  readonly version?: string;
  /** The version is another, and its value is not: what was rotated, if anything, was not this. */
  readonly sameValue?: true;
}

/** The age of a value was judged, as a resolve was about to hand it out. */
export interface RotationEvent extends SaidOfProvider<'rotation'> {
  readonly path: string;
  /** The store's own name for the version, where it has one. */
  readonly version?: string;
  /** `overdue` says nothing of whether it was refused: the `code` of the resolve's event does. */
  readonly verdict: RotationVerdict;
  /** Left out where nothing dates it. */
  readonly ageMs?: number;
  /** Only a time is known at which the value was there already: it is at least this old. */
  readonly atLeast?: true;
  /** The first moment at which it is overdue, ahead or past, in milliseconds since 1970. */
  readonly dueAt?: number;
}

/** What a resolver tells of what it does. It mirrors: what listens changes nothing. */
export type ResolverEvent =
  | ResolveEvent
  | FetchEvent
  | RetryEvent
  | RetryRefusedEvent
  | StaleEvent
  | RotatedEvent
  | RotationEvent;

export type ResolverListener = (event: ResolverEvent) => void;

type Unsaid<Event> = Event extends ResolverEvent ? Omit<Event, 'at' | 'resolver'> : never;

/** The stream of one resolver. */
export interface Events {
  /** Whether anybody listens: to be asked before an event is made. */
  isHeard(): boolean;
  /** Tells all who listen, at once. Never throws. */
  tell(event: Unsaid<ResolverEvent>): void;
  /** Adds a listener; what is returned removes it. @throws {ConfigError} for what is no function. */
  subscribe(listener: ResolverListener): () => void;
}

/** The name of the `node:diagnostics_channel` that the events of all resolvers go to. */
const CHANNEL = 'keyturn';

/** @param warn told that a listener failed, each time. */
export function createEvents(warn: (message: string) => void): Events {
  // Core runs where Node's modules are not, so it asks for this one and imports none.
  const channel = globalThis.process?.getBuiltinModule?.('node:diagnostics_channel')?.channel(CHANNEL);
  const subscriptions = new Set<{ readonly listener: ResolverListener }>();
  let resolver: string | undefined;

  /** The error goes nowhere: it is the listener's own, and may hold anything. */
  function failed(): void {
    try {
      warn('a listener of its events failed; this is told once, and changes nothing');
    } catch {
      // What the app's own `onWarning` throws here has no caller to go to.
    }
  }

  return {
    isHeard: () => subscriptions.size > 0 || channel?.hasSubscribers === true,
    tell(unsaid) {
      resolver ??= crypto.randomUUID();
      const event: ResolverEvent = { ...unsaid, at: Date.now(), resolver };
      for (const { listener } of [...subscriptions]) {
        try {
          // A listener may be an async function, though nobody waits for it.
          Promise.resolve(listener(event)).catch(failed);
        } catch {
          failed();
        }
      }
      channel?.publish(event);
    },
    subscribe(listener) {
      if (typeof listener !== 'function') {
        throw new ConfigError([{ place: 'listener', message: 'is no function: (event) => {}' }]);
      }
      const subscription = { listener };
      subscriptions.add(subscription);
      return () => void subscriptions.delete(subscription);
    },
  };
}

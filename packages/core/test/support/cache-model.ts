import type { ErrorCode } from '../../src/index.ts';

// What the cache promises, said once more as plainly as possible: one provider, times in seconds.

/** A moment on the monotonic and on the wall clock. */
type Moment = readonly [monotonic: number, wall: number];

export interface Settings {
  readonly ttl: number;
  readonly staleWhileRevalidate: number;
  readonly staleIfError: number;
  readonly negativeTtl: number;
}

export const BASE: Settings = { ttl: 100, staleWhileRevalidate: 50, staleIfError: 200, negativeTtl: 20 };
/** The part of the ttl that is taken off: half of the resolver's jitter, as `Math.random` is fixed to 0.5. */
export const JITTER = 0.1;
const PAUSE = 10;
/** How long a retry waits: half of the resolver's longest delay. On top of what the store says. */
export const RETRY = 1;

/** How a caller asks. */
export interface How {
  readonly settings?: Partial<Settings> | false;
  readonly fresh?: boolean;
}

/** What the store says of one key. */
export type Answer =
  | { readonly value: string; readonly expiresIn?: number; readonly rotatesIn?: number }
  | { readonly code: ErrorCode; readonly retryAfter?: number };

interface Entry {
  /** Undefined: the store said NotFound. */
  readonly value: string | undefined;
  readonly read: Moment;
  readonly expiresAt: number;
  readonly rotatesAt: number;
  failed?: { readonly at: Moment; readonly pause: number };
}

/** One read: a call, and the calls that try again what failed. */
interface Read {
  readonly keys: readonly string[];
  /** The keys whose answer is kept, unless a newer read or an invalidation takes them away. */
  readonly kept: Set<string>;
  readonly begun: Moment;
  /** Who waits, and for which of its keys. */
  readonly waiting: Map<Ask | 'background', Set<string>>;
  /** The last answer for each key. */
  readonly answers: Map<string, { readonly answer: Answer | undefined; readonly at: Moment }>;
  state: 'open' | 'answered' | 'aborted';
}

interface Call {
  readonly read: Read;
  readonly keys: readonly string[];
  state: 'open' | 'answered' | 'aborted';
}

export interface Ask {
  readonly keys: readonly string[];
  readonly how: How;
  /** For each key that was answered: the value and its source, or a code. */
  readonly results: Map<string, string>;
  aborted: boolean;
}

export class CacheModel {
  now: Moment = [0, 0];
  warnings = 0;
  readonly entries = new Map<string, Entry>();
  readonly reads: Read[] = [];
  readonly calls: Call[] = [];
  /** What is to be tried again, and when by the monotonic clock. */
  retries: { readonly read: Read; readonly keys: readonly string[]; readonly due: number }[] = [];
  readonly asks: Ask[] = [];
  inOutage = false;

  age(since: Moment): number {
    return Math.max(this.now[0] - since[0], this.now[1] - since[1]);
  }

  pass(seconds: number): void {
    this.now = [this.now[0] + seconds, this.now[1] + seconds];
    const due = this.retries.filter((retry) => retry.due <= this.now[0]).sort((a, b) => a.due - b.due);
    this.retries = this.retries.filter((retry) => !due.includes(retry));
    for (const { read, keys } of due)
      if (read.state === 'open') this.calls.push({ read, keys, state: 'open' });
  }

  jump(seconds: number): void {
    this.now = [this.now[0], this.now[1] + seconds];
  }

  invalidate(keys: readonly string[]): void {
    for (const key of keys) {
      this.entries.delete(key);
      for (const { kept } of this.reads) kept.delete(key);
    }
  }

  ask(keys: readonly string[], how: How): void {
    const ask: Ask = { keys, how, results: new Map(), aborted: false };
    this.asks.push(ask);
    const aged: string[] = [];
    const wanted: string[] = [];
    for (const key of keys) {
      const entry = this.entries.get(key);
      const verdict = entry && how.settings !== false && !how.fresh ? this.judge(entry, how) : 'read';
      if (verdict === 'read') wanted.push(key);
      if (!entry || verdict === 'read') continue;
      ask.results.set(key, entry.value === undefined ? 'NotFound' : `${entry.value} ${verdict.source}`);
      if (verdict.source === 'stale') this.served(entry.failed !== undefined);
      if (verdict.refresh && !this.readOf(key)) aged.push(key);
    }
    if (aged.length > 0) this.begin(aged, aged, 'background');
    const own = wanted.filter((key) => {
      const read = how.fresh || how.settings === false ? undefined : this.readOf(key);
      read?.waiting.set(ask, (read.waiting.get(ask) ?? new Set()).add(key));
      return read === undefined;
    });
    if (own.length > 0) this.begin(own, how.settings === false ? [] : own, ask);
  }

  answer(call: Call, answers: Readonly<Record<string, Answer>>): void {
    call.state = 'answered';
    const { read } = call;
    const again: string[] = [];
    let wait = 0;
    for (const key of call.keys) {
      const answer = answers[key];
      read.answers.set(key, { answer, at: this.now });
      if (!isOutage(answer) || this.isBridged(read, key)) continue;
      again.push(key);
      wait = Math.max(wait, answer.retryAfter ?? 0);
    }
    if (again.length === 0) this.land(read);
    else this.retries.push({ read, keys: again, due: this.now[0] + wait + RETRY });
  }

  abort(ask: Ask): void {
    ask.aborted = true;
    for (const read of this.reads) {
      if (!read.waiting.delete(ask) || read.waiting.size > 0 || read.state !== 'open') continue;
      read.state = 'aborted';
      for (const call of this.calls) if (call.read === read && call.state === 'open') call.state = 'aborted';
    }
  }

  private land(read: Read): void {
    read.state = 'answered';
    for (const key of read.kept) this.keep(read, key);
    if (![...read.answers.values()].some(({ answer }) => isOutage(answer))) this.inOutage = false;
    for (const [ask, keys] of read.waiting) {
      if (ask === 'background') continue;
      for (const key of keys) ask.results.set(key, this.told(ask, key, read.answers.get(key)?.answer));
    }
  }

  /** Whether somebody waits for it, and all who do have an old value instead. */
  private isBridged(read: Read, key: string): boolean {
    const entry = this.entries.get(key);
    const waiting = [...read.waiting].flatMap(([ask, keys]) =>
      ask !== 'background' && keys.has(key) ? [ask.how] : [],
    );
    return waiting.length > 0 && waiting.every((how) => entry !== undefined && this.mayBridge(entry, how));
  }

  private keep(call: Read, key: string): void {
    const entry = this.entries.get(key);
    const { answer, at = this.now } = call.answers.get(key) ?? {};
    if (answer && 'value' in answer) {
      const { value, expiresIn = 0, rotatesIn = 0 } = answer;
      const read = call.begun;
      // The store's dates are by the wall clock at its answer.
      const ahead = (seconds: number) => {
        const age = at[1] + seconds - read[1];
        return seconds !== 0 && age > 0 ? age : Infinity;
      };
      this.entries.set(key, { value, read, expiresAt: ahead(expiresIn), rotatesAt: ahead(rotatesIn) });
    } else if (answer?.code === 'NotFound') {
      this.entries.set(key, {
        value: undefined,
        read: call.begun,
        expiresAt: Infinity,
        rotatesAt: Infinity,
      });
    } else if (isOutage(answer)) {
      if (entry) entry.failed = { at: this.now, pause: answer.retryAfter ?? PAUSE };
    } else {
      this.entries.delete(key);
    }
  }

  private told(ask: Ask, key: string, answer: Answer | undefined): string {
    if (answer === undefined) return 'Unknown';
    if ('value' in answer) return `${answer.value} store`;
    const entry = this.entries.get(key);
    if (isOutage(answer) && entry && this.mayBridge(entry, ask.how)) {
      this.served(true);
      return `${entry.value} stale`;
    }
    return answer.code;
  }

  private judge(entry: Entry, how: How): 'read' | { source: 'cache' | 'stale'; refresh: boolean } {
    const { ttl, staleWhileRevalidate, negativeTtl } = { ...BASE, ...how.settings };
    const age = this.age(entry.read);
    const change = Math.min(entry.expiresAt, entry.rotatesAt);
    const cached = { source: 'cache', refresh: false } as const;
    if (entry.value === undefined) return age < Math.min(negativeTtl, ttl) ? cached : 'read';
    if (age < ttl * (1 - JITTER) && age < change) return cached;
    if (entry.failed) {
      if (!this.bridges(entry, how)) return 'read';
      return { source: 'stale', refresh: this.age(entry.failed.at) >= entry.failed.pause };
    }
    if (staleWhileRevalidate === 0 || age >= ttl + staleWhileRevalidate || age >= change) return 'read';
    return { source: 'stale', refresh: true };
  }

  private mayBridge(entry: Entry, how: How): boolean {
    return !how.fresh && how.settings !== false && this.bridges(entry, how);
  }

  private bridges(entry: Entry, how: How): boolean {
    const { ttl, staleIfError } = { ...BASE, ...how.settings };
    const age = this.age(entry.read);
    return entry.value !== undefined && staleIfError > 0 && age < ttl + staleIfError && age < entry.expiresAt;
  }

  private readOf(key: string): Read | undefined {
    return this.reads.find(({ kept, state }) => state === 'open' && kept.has(key));
  }

  private begin(keys: readonly string[], kept: readonly string[], first: Ask | 'background'): void {
    for (const read of this.reads) for (const key of kept) read.kept.delete(key);
    const read: Read = {
      keys,
      kept: new Set(kept),
      begun: this.now,
      waiting: new Map([[first, new Set(keys)]]),
      answers: new Map(),
      state: 'open',
    };
    this.reads.push(read);
    this.calls.push({ read, keys, state: 'open' });
  }

  private served(failing: boolean): void {
    if (failing && !this.inOutage) this.warnings++;
    this.inOutage ||= failing;
  }
}

function isOutage(answer: Answer | undefined): answer is Extract<Answer, { code: ErrorCode }> {
  return answer !== undefined && 'code' in answer && ['Unavailable', 'Throttled'].includes(answer.code);
}

import type { KeyObject } from 'node:crypto';
import { syncFolder } from '../snapshot-disk.ts';
import type { AuditFileSettings } from './file-options.ts';
import { signHead } from './head.ts';
import { createShipper } from './heads.ts';
import { type Found, lookAround } from './housekeeping.ts';
import { bodyOf, type Link } from './record.ts';
import { openSegment, type Segment } from './segment.ts';
import { readSigningKey } from './signing-key.ts';

/** Writes a chain of segments. Nothing here may be called before the last call has ended. */
export interface Writer {
  /** Appends records, and whatever is due: a head, the next segment. Of a block that fails, nothing is there. */
  append(bodies: readonly string[]): Promise<void>;
  /** Closes the segment, signed. */
  close(): Promise<void>;
  /** Ends once the heads have arrived; other calls need not wait for it. */
  flush(): Promise<void>;
}

const FSYNC_MS = 1_000;

/** A segment with the key that signs it. */
interface Current {
  readonly segment: Segment;
  readonly key: KeyObject | undefined;
  /** The last record that a head vouches for. */
  signed: number;
  synced: number;
  /** Ends once the segments beside it were looked at; then `found` is what is to be done about them. */
  looking: Promise<void>;
  found: Found | undefined;
}

/** @param wake called when something is due that no append brings: an append of nothing then does it. */
export function createWriter(settings: AuditFileSettings, wake: () => void): Writer {
  const { folder, signingKey, headEveryMs, fsync, maxBytes, maxAgeMs, keep } = settings;
  const shipper = settings.heads === undefined ? undefined : createShipper(settings.heads);
  const headTimer = createTimer(headEveryMs, wake);
  const syncTimer = createTimer(FSYNC_MS, wake);
  let current: Current | undefined;
  /** The end of the segment before, for the chain to go on from. */
  let last: Link | undefined;

  /** The segment to write to: the one there is, unless its time is over or its file is gone. */
  async function segmentToWrite(): Promise<Current> {
    if (current && !(await current.segment.isThere())) await giveUp();
    if (current && isFull(current.segment)) await finish(current);
    current ??= await begin();
    return current;
  }

  function isFull({ bytes, openedAt }: Segment): boolean {
    return bytes() >= maxBytes || Date.now() - openedAt >= maxAgeMs;
  }

  async function begin(): Promise<Current> {
    const key = signingKey && (await readSigningKey(signingKey, folder));
    const segment = await openSegment(folder, last);
    if (fsync !== 'never') await syncFolder(folder);
    const opened: Current = {
      segment,
      key,
      signed: 0,
      synced: 0,
      looking: Promise.resolve(),
      found: undefined,
    };
    // Beside the writing: no event waits until a folder of a thousand segments was looked through.
    opened.looking = lookAround(folder, segment.end().segment, keep).then((found) => {
      opened.found = found;
      if (found.records.length > 0) wake();
    });
    current = opened;
    return opened;
  }

  /** Puts on the record what was found beside the segment, and does it. */
  async function tidy(tidying: Current): Promise<void> {
    const { segment, key, found } = tidying;
    tidying.found = undefined;
    if (!found || found.records.length === 0) return;
    await segment.append(found.records.map(bodyOf));
    // What is gone can be excused only by a record that is signed.
    if (found.removed.length > 0) await signEnd(tidying);
    if (key) for (const link of found.removed) shipper?.ship(signHead('removed', link, now(), key));
    // Else a power failure could take the excuse, and leave the gap.
    if (fsync !== 'never') await syncEnd(tidying);
    await found.act();
  }

  async function signEnd(signing: Current): Promise<void> {
    const { segment, key } = signing;
    if (!key) return;
    const head = signHead('head', segment.end(), now(), key);
    const { time, signature } = head;
    await segment.append([bodyOf({ kind: 'head', time, key: head.key, signature })]);
    signing.signed = segment.end().n;
    headTimer.stop();
    if (!shipper) return;
    // A power failure must not take what a head outside vouches for: it would look like a cut.
    if (fsync !== 'never') await syncEnd(signing);
    shipper.ship(head);
  }

  async function syncEnd(syncing: Current): Promise<void> {
    syncTimer.stop();
    const { n } = syncing.segment.end();
    if (n === syncing.synced) return;
    await syncing.segment.sync();
    syncing.synced = n;
  }

  async function finish(finishing: Current): Promise<void> {
    const { segment } = finishing;
    await finishing.looking;
    await tidy(finishing);
    await segment.append([bodyOf({ kind: 'close', time: now() })]);
    await signEnd(finishing);
    if (fsync !== 'never') await syncEnd(finishing);
    await giveUp();
  }

  /** The next append begins another segment, and goes on from what this one has. */
  async function giveUp(): Promise<void> {
    last = current?.segment.end() ?? last;
    const { segment } = current ?? {};
    current = undefined;
    headTimer.stop();
    syncTimer.stop();
    await segment?.close().catch(() => {});
  }

  async function append(bodies: readonly string[]): Promise<void> {
    try {
      // For what is due no segment is begun: of one that was closed meanwhile, it is done.
      const writing = bodies.length > 0 ? await segmentToWrite() : current;
      if (!writing) return;
      if (bodies.length > 0) await writing.segment.append(bodies);
      if (fsync === 'always' || syncTimer.isDue()) await syncEnd(writing);
      await doWhatIsDue(writing);
    } catch (error) {
      await giveUp();
      throw error;
    }
  }

  /** Fails nobody: the records before it are there, and whatever is in its way meets the next one too. */
  async function doWhatIsDue(writing: Current): Promise<void> {
    const { segment } = writing;
    try {
      await tidy(writing);
      if (headTimer.isDue()) await signEnd(writing);
      if (fsync === 'always') await syncEnd(writing);
      if (writing.key && segment.end().n > writing.signed) headTimer.start();
      if (fsync === 'interval' && segment.end().n > writing.synced) syncTimer.start();
    } catch {
      await giveUp();
    }
  }

  async function close(): Promise<void> {
    try {
      if (current) await finish(current);
    } finally {
      await giveUp();
    }
  }

  return { append, close, flush: async () => shipper?.flush() };
}

const now = () => new Date().toISOString();

/** Runs out once after a start, and keeps no process alive. */
function createTimer(ms: number, ranOut: () => void) {
  let timer: NodeJS.Timeout | undefined;
  let due = false;
  return {
    start() {
      if (due) return;
      timer ??= setTimeout(
        () => {
          due = true;
          ranOut();
        },
        Math.min(ms, 2 ** 31 - 1),
      ).unref();
    },
    stop() {
      clearTimeout(timer);
      timer = undefined;
      due = false;
    },
    isDue: () => due,
  };
}

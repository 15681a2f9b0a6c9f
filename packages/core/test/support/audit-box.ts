import type { AuditEvent, AuditSink } from '../../src/index.ts';

/** A sink in memory. */
export interface AuditBox extends AuditSink {
  readonly events: AuditEvent[];
  /** What each write was told to have been lost before it. */
  readonly drops: number[];
  readonly closes: number;
  /** What each write waits for and comes to. */
  onWrite: () => void | Promise<void>;
  onClose: () => void | Promise<void>;
}

export function auditBox(
  options: Partial<Pick<AuditSink, 'title' | 'awaited' | 'onFailure'>> = {},
): AuditBox {
  let closes = 0;
  const box: AuditBox = {
    title: 'box',
    awaited: true,
    ...options,
    events: [],
    drops: [],
    get closes() {
      return closes;
    },
    onWrite: () => {},
    onClose: () => {},
    async write(events, dropped) {
      await box.onWrite();
      box.events.push(...events);
      box.drops.push(dropped);
    },
    async close() {
      await box.onClose();
      closes++;
    },
  };
  return box;
}

/** What differs between events: each without its id, its time and its process. */
export function facts(events: readonly AuditEvent[]): object[] {
  return events.map(({ schema: _, id: _id, time: _time, process: _process, ...known }) => known);
}

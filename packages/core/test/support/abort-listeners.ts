import { getEventListeners } from 'node:events';
import { vi } from 'vitest';

/** From now on, counts the listeners of all signals that anybody listens to. */
export function countListeners(): () => number {
  const signals = new Set<AbortSignal>();
  const { addEventListener } = AbortSignal.prototype;
  vi.spyOn(AbortSignal.prototype, 'addEventListener').mockImplementation(function (
    this: AbortSignal,
    ...args: Parameters<AbortSignal['addEventListener']>
  ) {
    signals.add(this);
    addEventListener.apply(this, args);
  });
  return () => [...signals].reduce((sum, signal) => sum + getEventListeners(signal, 'abort').length, 0);
}

import { afterEach, beforeEach, vi } from 'vitest';

/** Both clocks and all timers of a test file's tests stand still but for what `pass` and `jump` do. */
export function stopClocks(): void {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance', 'Date'] });
  });
  afterEach(() => {
    vi.useRealTimers();
    vi.restoreAllMocks();
  });
}

/** Time passes, on both clocks. */
export function pass(milliseconds: number): void {
  vi.advanceTimersByTime(milliseconds);
}

/** The wall clock is set, or time passes while the machine sleeps: the monotonic clock stands still. */
export function jump(milliseconds: number): void {
  vi.setSystemTime(Date.now() + milliseconds);
}

/** Lets everything happen that waits for no timer. */
export function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

import type { Provider } from './provider.ts';

/** What the stores' clocks show beside this machine's. */
export interface Clocks {
  /** Takes the time that an answer of the store has. Never throws. */
  heard(provider: Provider, storeTime: Date): void;
  /**
   * How far the store's clock is ahead of this machine's, in milliseconds, by the last answer; negative where it is
   * behind. 0 for no more than 5 minutes, and where the store does not tell.
   */
  skewOf(provider: Provider): number;
}

/** An answer takes its time, and has whole seconds: only what neither explains is a difference. */
const TOLERANCE_MS = 5 * 60_000;

/** @param warn told once of each provider whose clock differs; must not throw. */
export function createClocks(warn: (provider: Provider, message: string) => void): Clocks {
  const skews = new Map<Provider, number>();
  const told = new Set<Provider>();

  return {
    heard(provider, storeTime) {
      const skewMs = storeTime.getTime() - Date.now();
      if (!(Math.abs(skewMs) > TOLERANCE_MS)) {
        // What is no time says nothing.
        if (!Number.isNaN(skewMs)) skews.delete(provider);
        return;
      }
      skews.set(provider, skewMs);
      if (told.has(provider)) return;
      told.add(provider);
      const direction = skewMs > 0 ? 'behind' : 'ahead of';
      warn(
        provider,
        `the clock of this machine is ${span(Math.abs(skewMs))} ${direction} the store's: ages are judged by the store's`,
      );
    },
    skewOf: (provider) => skews.get(provider) ?? 0,
  };
}

/** Rounded, in a unit in which it is more than one. */
function span(milliseconds: number): string {
  const minutes = Math.round(milliseconds / 60_000);
  if (minutes < 120) return `${minutes} minutes`;
  const hours = Math.round(minutes / 60);
  return hours < 48 ? `${hours} hours` : `${Math.round(hours / 24)} days`;
}

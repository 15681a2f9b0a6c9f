import type { Warning } from './options.ts';
import type { Provider } from './provider.ts';

/** Where a resolver's warnings go. */
export interface Warnings {
  /** Tells each distinct message of a kind once. */
  readonly warn: (about: Pick<Provider, 'kind'>, message: string) => void;
  /** Tells each time. */
  readonly tell: (warning: Warning) => void;
  /** As `tell`; what the listener throws is its own affair, since nobody waits for what runs by the clock. */
  readonly tellQuietly: (warning: Warning) => void;
  /** As `warn`, quietly. */
  readonly warnQuietly: (warning: Warning) => void;
}

export function createWarnings(onWarning: (warning: Warning) => void = emitWarning): Warnings {
  const told = new Set<string>();

  function warn({ kind }: Pick<Provider, 'kind'>, message: string): void {
    const key = `${kind}: ${message}`;
    if (told.has(key)) return;
    told.add(key);
    onWarning({ kind, message });
  }

  return {
    warn,
    tell: onWarning,
    tellQuietly: quietly(onWarning),
    warnQuietly: quietly((warning) => warn(warning, warning.message)),
  };
}

function quietly(tell: (warning: Warning) => void): typeof tell {
  return (warning) => {
    try {
      tell(warning);
    } catch {}
  };
}

function emitWarning({ kind, message }: Warning): void {
  process.emitWarning(`${kind}: ${message}`, 'KeyturnWarning');
}

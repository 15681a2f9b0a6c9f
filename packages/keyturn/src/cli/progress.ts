/** How far a long reading has come, on a terminal alone. */
export interface Progress {
  update(done: number, all: number): void;
  /** Takes it off the terminal. */
  end(): void;
}

const EVERY_MS = 200;
/** Back to the line's beginning, and all of it erased: ECMA-48. */
const ERASE = '\r\u001b[2K';

/** @param doing such as `verified`: `verified 42 %` is shown on stderr. */
export function progress(doing: string, stream: NodeJS.WriteStream = process.stderr): Progress {
  let shownAt = -Infinity;
  let isShown = false;
  return {
    update(done, all) {
      if (!stream.isTTY || performance.now() - shownAt < EVERY_MS) return;
      shownAt = performance.now();
      isShown = true;
      stream.write(`${ERASE}${doing} ${Math.floor((100 * done) / all)} %`);
    },
    end() {
      if (isShown) stream.write(ERASE);
      isShown = false;
    },
  };
}

/** By a symbol, since a config may import another copy of this package than the command that reads it. */
const MARK = Symbol.for('keyturn.stdoutIsData');

/** From now on nothing but data goes to the stdout of this process. */
export function keepStdoutForData(): void {
  Object.assign(globalThis, { [MARK]: true });
}

/** Prints to stdout, or to stderr where stdout is for data. Ends when the system has the text. */
export function print(text: string): Promise<void> {
  const stream = MARK in globalThis ? process.stderr : process.stdout;
  return new Promise((resolve, reject) => {
    // Whoever read it may be gone. Without a listener that would end the process.
    const ignore = () => {};
    stream.once('error', ignore);
    stream.write(text, (error) => {
      // The event comes after the callback.
      setImmediate(() => stream.off('error', ignore));
      if (error) reject(error);
      else resolve();
    });
  });
}

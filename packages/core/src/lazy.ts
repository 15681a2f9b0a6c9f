/** A value made at its first use, once for all who ask at the same time. */
export interface Lazy<T> {
  (): Promise<T>;
  /** Forgets the value and gives it back, so that it can be let go; undefined when there is none. */
  take(): Promise<T> | undefined;
}

/** Makes `open` lazy. A failed attempt is forgotten, so that the next use tries again. */
export function lazy<T>(open: () => Promise<T>): Lazy<T> {
  let current: Promise<T> | undefined;
  const get = (): Promise<T> => {
    if (current === undefined) {
      const attempt = open();
      current = attempt;
      attempt.catch(() => {
        if (current === attempt) current = undefined;
      });
    }
    return current;
  };
  return Object.assign(get, {
    take() {
      const taken = current;
      current = undefined;
      return taken;
    },
  });
}

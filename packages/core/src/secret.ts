const HIDDEN = '[secret]';
const brand = Symbol.for('keyturn.Secret');

/**
 * A resolved value that shows itself only through `reveal()`: `console.log`, `util.inspect`, `JSON.stringify`,
 * template strings and concatenation give `[secret]`; a structured clone is an empty object.
 * `instanceof` holds across copies of this package.
 */
export class Secret<T> {
  static {
    // Whatever a bundler calls it.
    Object.defineProperty(Secret, 'name', { value: 'Secret' });
    Object.defineProperty(Secret.prototype, brand, { value: true });
    Object.defineProperty(Secret.prototype, Symbol.for('nodejs.util.inspect.custom'), {
      value: () => HIDDEN,
    });
  }
  readonly #value: T;

  constructor(value: T) {
    this.#value = value;
  }

  static [Symbol.hasInstance](value: unknown): boolean {
    return typeof value === 'object' && value !== null && brand in value;
  }

  /** The value itself. From here on it is the caller's to keep out of logs. */
  reveal(): T {
    return this.#value;
  }

  toString(): string {
    return HIDDEN;
  }

  toJSON(): string {
    return HIDDEN;
  }

  [Symbol.toPrimitive](): string {
    return HIDDEN;
  }
}

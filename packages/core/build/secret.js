const HIDDEN = '[secret]';
const brand = Symbol.for('keyturn.Secret');
/**
 * A resolved value that shows itself only through `reveal()`: `console.log`, `util.inspect`, `JSON.stringify`,
 * template strings and concatenation give `[secret]`; a structured clone is an empty object.
 * `instanceof` holds across copies of this package.
 */
export class Secret {
    static {
        Object.defineProperty(Secret.prototype, brand, { value: true });
        Object.defineProperty(Secret.prototype, Symbol.for('nodejs.util.inspect.custom'), {
            value: () => HIDDEN,
        });
    }
    #value;
    constructor(value) {
        this.#value = value;
    }
    static [Symbol.hasInstance](value) {
        return typeof value === 'object' && value !== null && brand in value;
    }
    /** The value itself. From here on it is the caller's to keep out of logs. */
    reveal() {
        return this.#value;
    }
    toString() {
        return HIDDEN;
    }
    toJSON() {
        return HIDDEN;
    }
    [Symbol.toPrimitive]() {
        return HIDDEN;
    }
}
//# sourceMappingURL=secret.js.map
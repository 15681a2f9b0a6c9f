const CONVERSION = Symbol.for('keyturn.Conversion');
/** Whether a schema is one of ours: by brand, so that it holds across copies of this package. */
export function isConversion(schema) {
    return CONVERSION in schema;
}
/** Thrown by a conversion's own function; the message says what the value should have been. */
export class Unconvertible {
    problem;
    constructor(problem) {
        this.problem = problem;
    }
}
/** Makes a conversion of a function that returns the output or throws `Unconvertible`. */
export function conversion(type, convert) {
    return customConversion(type, 'text', (value) => {
        if (typeof value !== 'string')
            throw new Unconvertible('is not text');
        return convert(value);
    });
}
export function customConversion(type, takes, convert) {
    const issue = (error) => ({
        issues: [{ message: error instanceof Unconvertible ? error.problem : `is not of type ${type}` }],
    });
    return {
        type,
        takes,
        [CONVERSION]: true,
        '~standard': {
            version: 1,
            vendor: 'keyturn',
            validate(value) {
                try {
                    const output = convert(value);
                    return output instanceof Promise ? output.then((value) => ({ value }), issue) : { value: output };
                }
                catch (error) {
                    return issue(error);
                }
            },
        },
    };
}
//# sourceMappingURL=schema.js.map
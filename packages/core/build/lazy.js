/** Makes `open` lazy. A failed attempt is forgotten, so that the next use tries again. */
export function lazy(open) {
    let current;
    const get = () => {
        if (current === undefined) {
            const attempt = open();
            current = attempt;
            attempt.catch(() => {
                if (current === attempt)
                    current = undefined;
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
//# sourceMappingURL=lazy.js.map
/** Our own limit was reached: unlike a caller's abort, this is reported as Unavailable. */
export class Cut {
    message;
    constructor(message) {
        this.message = message;
    }
}
/** The longest that a timer can wait; beyond it Node would fire at once. */
const LONGEST_TIMER = 2 ** 31 - 1;
/**
 * Opens a scope. `AbortSignal.any` and `AbortSignal.timeout` would do, but hold on to long-lived parents and
 * leave their timers running.
 */
export function openScope(limitMs, limitMessage, parents) {
    const controller = new AbortController();
    const timer = setTimeout(() => controller.abort(new Cut(limitMessage)), Math.min(limitMs, LONGEST_TIMER));
    const links = parents.flatMap((parent) => {
        if (parent === undefined)
            return [];
        const follow = () => controller.abort(parent.reason);
        if (parent.aborted)
            follow();
        else
            parent.addEventListener('abort', follow, { once: true });
        return [() => parent.removeEventListener('abort', follow)];
    });
    return {
        signal: controller.signal,
        close() {
            clearTimeout(timer);
            for (const unlink of links)
                unlink();
        },
    };
}
/** Settles with the promise, or rejects with the signal's reason as soon as that aborts. */
export function raced(promise, signal) {
    return new Promise((resolve, reject) => {
        const abort = () => reject(signal.reason);
        const settled = () => signal.removeEventListener('abort', abort);
        promise.then(resolve, reject).then(settled, settled);
        if (signal.aborted)
            abort();
        else
            signal.addEventListener('abort', abort, { once: true });
    });
}
//# sourceMappingURL=scope.js.map
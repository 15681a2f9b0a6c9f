import { raced } from './scope.js';
/** At most `limit` tasks at a time, in the order in which they came. */
export function createLimiter(limit) {
    let free = limit;
    const waiting = [];
    return async (task, signal) => {
        if (free > 0) {
            free--;
        }
        else {
            let turn = () => { };
            const turned = new Promise((resolve) => {
                turn = resolve;
                waiting.push(turn);
            });
            try {
                await raced(turned, signal);
            }
            catch (reason) {
                const at = waiting.indexOf(turn);
                if (at >= 0)
                    waiting.splice(at, 1);
                else
                    pass();
                throw reason;
            }
        }
        try {
            signal.throwIfAborted();
            return await task();
        }
        finally {
            pass();
        }
    };
    /** Hands the place to the next in line, or frees it. */
    function pass() {
        const next = waiting.shift();
        if (next)
            next();
        else
            free++;
    }
}
//# sourceMappingURL=limiter.js.map
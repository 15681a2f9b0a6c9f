/** Takes some 20 bytes of memory for each byte of the patterns, less what they begin with in common. */
export function createAutomaton(patterns) {
    const size = patterns.reduce((sum, pattern) => sum + pattern.length, 1);
    const byteInto = new Uint8Array(size);
    // Most states have one follower: `next` holds it. One that has more holds minus the number of its row.
    const next = new Int32Array(size);
    const rows = [new Int32Array(256)];
    const fallback = new Int32Array(size);
    const matched = new Int32Array(size);
    const depth = new Int32Array(size);
    let states = 1;
    function follower(state, byte) {
        const only = next[state] ?? 0;
        if (only < 0)
            return rows[-only]?.[byte] ?? 0;
        return byteInto[only] === byte ? only : 0;
    }
    function addFollower(state, byte) {
        const added = states++;
        byteInto[added] = byte;
        const only = next[state] ?? 0;
        if (only === 0) {
            next[state] = added;
            return added;
        }
        const row = rows[-only] ?? new Int32Array(256);
        if (only > 0) {
            row[byteInto[only] ?? 0] = only;
            next[state] = -rows.length;
            rows.push(row);
        }
        row[byte] = added;
        return added;
    }
    function followersOf(state) {
        const only = next[state] ?? 0;
        if (only < 0)
            return [...(rows[-only] ?? [])].filter((each) => each > 0);
        return only > 0 ? [only] : [];
    }
    function step(state, byte) {
        for (let from = state;; from = fallback[from] ?? 0) {
            const to = follower(from, byte);
            if (to > 0 || from === 0)
                return to;
        }
    }
    for (const pattern of patterns) {
        let state = 0;
        for (const byte of pattern)
            state = follower(state, byte) || addFollower(state, byte);
        matched[state] = pattern.length;
    }
    // By rising depth: a state falls back to a shallower one, which must be complete.
    for (let level = followersOf(0), deep = 1; level.length > 0; deep++) {
        const deeper = [];
        for (const state of level) {
            const back = fallback[state] ?? 0;
            depth[state] = deep;
            matched[state] ||= matched[back] ?? 0;
            for (const each of followersOf(state)) {
                fallback[each] = step(back, byteInto[each] ?? 0);
                deeper.push(each);
            }
        }
        level = deeper;
    }
    return { step, matched, depth };
}
//# sourceMappingURL=redactor-automaton.js.map
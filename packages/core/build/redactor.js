import { createAutomaton } from './redactor-automaton.js';
import { formsOf } from './redactor-forms.js';
const MASK = new TextEncoder().encode('[secret]');
const NOTHING = new Uint8Array();
/**
 * Makes a redactor that writes `[secret]` for each of `values`, whether it stands
 * - plain, also the single lines of a value of many lines where they have 16 characters or more (a key that a
 *   logger indents);
 * - in base64, standard or URL-safe, with or without padding, also inside a longer base64 text such as
 *   `Basic …`, but not where that text is broken into lines. Inside, the characters at the two edges carry bits of
 *   the neighbouring bytes too and stay;
 * - URL-encoded by `encodeURIComponent`, `URLSearchParams` or the rules of RFC 3986 (a `/` encoded or not), in
 *   upper-case or lower-case hex, a blank as `%20` or `+`;
 * - JSON-escaped by `JSON.stringify`, also with `\u00e9` for what is not ASCII, `\/` for `/`, `\u003c` for `<>&`.
 *
 * Values that overlap in the output are masked together, so no part of either stays. A value under four characters
 * (given as bytes: four bytes) is not masked. Time is linear in the output; memory is in the worst case about
 * 500 bytes for each byte of a value.
 */
export function createRedactor(values) {
    const automaton = createAutomaton([...values].flatMap((value) => [...formsOf(value)]));
    return {
        redact(text) {
            const stream = redactStream();
            const bytes = new TextEncoder().encode(text);
            const masked = concatenate([stream.write(bytes), stream.end()]);
            const unchanged = masked.length === bytes.length && masked.every((byte, at) => byte === bytes[at]);
            return unchanged ? text : new TextDecoder('utf-8', { ignoreBOM: true }).decode(masked);
        },
        stream: redactStream,
    };
    function redactStream() {
        let state = 0;
        /** Read and not yet given out. All positions count from its first byte. */
        let kept = NOTHING;
        /** Ascending, apart from one another, not given out yet. */
        let stretches = [];
        /** Up to here a mask that is already given out stands for the bytes. */
        let maskedTo = 0;
        function addMatch(from, end) {
            let start = from;
            for (let last = stretches.at(-1); last && last.end > from; last = stretches.at(-1)) {
                start = Math.min(start, last.start);
                stretches.pop();
            }
            stretches.push({ start, end });
        }
        /** Gives out `bytes` up to `end`, where the first match still open begins: no later one reaches before it. */
        function giveOut(bytes, end) {
            const parts = [];
            const rest = stretches.filter((stretch) => stretch.start > end);
            for (const stretch of stretches.slice(0, stretches.length - rest.length)) {
                if (stretch.start >= maskedTo)
                    parts.push(bytes.subarray(maskedTo, stretch.start), MASK);
                maskedTo = stretch.end;
            }
            if (maskedTo < end)
                parts.push(bytes.subarray(maskedTo, end));
            kept = bytes.slice(end);
            stretches = rest.map((stretch) => ({ start: stretch.start - end, end: stretch.end - end }));
            maskedTo = Math.max(0, maskedTo - end);
            return parts.length === 1 ? (parts[0] ?? NOTHING) : concatenate(parts);
        }
        return {
            write(chunk) {
                const bytes = kept.length > 0 ? concatenate([kept, chunk]) : chunk;
                for (let at = kept.length; at < bytes.length; at++) {
                    state = automaton.step(state, bytes[at] ?? 0);
                    const length = automaton.matched[state] ?? 0;
                    if (length > 0)
                        addMatch(at + 1 - length, at + 1);
                }
                return giveOut(bytes, bytes.length - (automaton.depth[state] ?? 0));
            },
            end() {
                const rest = giveOut(kept, kept.length);
                state = 0;
                return rest;
            },
        };
    }
}
function concatenate(parts) {
    const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
    let at = 0;
    for (const part of parts) {
        whole.set(part, at);
        at += part.length;
    }
    return whole;
}
//# sourceMappingURL=redactor.js.map
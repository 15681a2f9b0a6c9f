const UNITS = {
    ms: 1,
    s: 1_000,
    m: 60_000,
    h: 3_600_000,
    d: 86_400_000,
    w: 604_800_000,
};
/** Milliseconds of a duration; undefined for what is none (negative, NaN, no unit that we know). */
export function parseDuration(duration) {
    if (typeof duration === 'number')
        return Number.isFinite(duration) && duration >= 0 ? duration : undefined;
    if (typeof duration !== 'string')
        return undefined;
    const [, amount, unit] = /^(\d+(?:\.\d+)?) ?(ms|s|m|h|d|w)?$/.exec(duration) ?? [];
    if (amount === undefined)
        return undefined;
    return Number(amount) * (UNITS[unit ?? 'ms'] ?? 1);
}
/** The words that end every message about an unreadable duration. */
export const DURATION_FORM = 'a duration is milliseconds or text such as "500ms", "30s", "5m", "12h", "90d"';
//# sourceMappingURL=duration.js.map
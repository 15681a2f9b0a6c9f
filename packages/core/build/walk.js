import { defaultMessage } from './hints.js';
import { groupBy } from './plan.js';
/** Reads items that share a provider's name, leg by leg; each leg's reads are deduped and batched. */
export async function walk(items, read, context) {
    const answers = [];
    let walkers = items.flatMap((item) => {
        const [leg] = item.legs;
        return leg ? [{ item, leg, passed: [] }] : [];
    });
    while (walkers.length > 0) {
        const byProvider = groupBy(walkers, ({ leg }) => leg.provider);
        const rounds = await Promise.all([...byProvider].map(async ([provider, group]) => {
            const legs = new Map(group.map(({ leg }) => [leg.key, leg]));
            const outcomes = await read(provider, [...legs.values()], context);
            return group.map((walker) => step(walker, outcomes.get(walker.leg.key)));
        }));
        const steps = rounds.flat();
        answers.push(...steps.filter((next) => 'outcome' in next));
        walkers = steps.filter((next) => 'leg' in next);
    }
    return answers;
}
/** To the next leg, or to the answer. */
function step({ item, leg, passed }, outcome = { ok: false, code: 'Unknown' }) {
    const { provider } = leg;
    if (outcome.ok)
        return { item, provider, outcome };
    const { code, message = defaultMessage(code) } = outcome;
    const failed = [...passed, { provider, code, message }];
    const next = item.legs[item.legs.indexOf(leg) + 1];
    if (next && item.on.includes(code))
        return { item, leg: next, passed: failed };
    return failed.length === 1 ? { item, provider, outcome } : { item, ...verdict(failed) };
}
/** One failure out of several legs': a NotFound never hides another code. */
function verdict(failed) {
    const last = failed.findLast(({ code }) => code !== 'NotFound') ?? failed.at(-1);
    if (last === undefined)
        throw new RangeError('a verdict needs a failure');
    const message = failed
        .map(({ provider, code, message }) => `${provider.kind}: ${code}: ${message}`)
        .join('; ');
    return { provider: last.provider, outcome: { ok: false, code: last.code, message } };
}
//# sourceMappingURL=walk.js.map
import { chainOf } from './first-of.js';
import { hintFor } from './hints.js';
import { suggestion } from './nearest.js';
import { formatReference, locatorKey, shownReference, tryParseReference, } from './reference.js';
/** Checks every reference without a call: the items that can be read, and a failure for each that cannot. */
export function planItems(pairs, providers) {
    const items = [];
    const failures = [];
    for (const [name, entry] of pairs) {
        const planned = planItem(name, entry, providers);
        if ('legs' in planned)
            items.push(planned);
        else
            failures.push({ name, code: 'InvalidReference', hint: hintFor('InvalidReference'), ...planned });
    }
    return { items, failures };
}
function planItem(name, entry, providers) {
    const parsed = tryParseReference(entry.ref);
    if ('problem' in parsed)
        return { reference: shownReference(entry.ref), message: parsed.problem };
    const { reference } = parsed;
    const source = Object.hasOwn(providers, reference.provider) ? providers[reference.provider] : undefined;
    if (source === undefined) {
        // The rest may be a connection URL with a password in it, so it is not shown.
        const known = suggestion(reference.provider, Object.keys(providers));
        return {
            reference: shownReference(entry.ref),
            message: `there is no provider named "${reference.provider}" ${known}`,
        };
    }
    const shown = formatReference(reference);
    const { legs: candidates, on } = chainOf(source);
    const legs = [];
    let problem;
    for (const provider of candidates) {
        const leg = planLeg(provider, reference);
        if ('key' in leg) {
            legs.push(leg);
        }
        else {
            problem ??= leg.problem;
            if (!on.includes('InvalidReference'))
                return { reference: shown, message: leg.problem };
        }
    }
    if (legs.length === 0)
        return { reference: shown, message: problem ?? 'its firstOf() has no provider' };
    return { name, entry, reference, shown, legs, on };
}
function planLeg(provider, reference) {
    for (const param of Object.keys(reference.params)) {
        if (!provider.params.includes(param)) {
            const known = suggestion(param, provider.params);
            return { problem: `${provider.kind} has no parameter "${param}" ${known}` };
        }
    }
    const locator = { path: reference.path, params: reference.params };
    const checked = provider.check?.(locator) ?? { locator };
    if ('problem' in checked)
        return checked;
    return {
        provider,
        locator: checked.locator,
        key: locatorKey(checked.locator),
        alone: checked.alone ?? false,
    };
}
/** Items that share a provider's name, which is what is read together. */
export function groupByProvider(items) {
    return groupBy(items, (item) => item.reference.provider);
}
export function groupBy(values, keyOf) {
    const groups = new Map();
    for (const value of values) {
        const key = keyOf(value);
        const group = groups.get(key);
        if (group)
            group.push(value);
        else
            groups.set(key, [value]);
    }
    return groups;
}
/** Splits distinct legs of one provider into calls of at most `batchSize`. */
export function splitIntoCalls(provider, legs) {
    const calls = legs.filter((leg) => leg.alone).map((leg) => [leg]);
    const batched = legs.filter((leg) => !leg.alone);
    // Array slicing takes Infinity for its end, but not for a step.
    const size = Math.min(provider.batchSize, batched.length);
    for (let at = 0; at < batched.length; at += size)
        calls.push(batched.slice(at, at + size));
    return calls;
}
/** The calls that reading these items makes when each first leg answers. */
export function planCalls(items) {
    const calls = [...groupByProvider(items)].flatMap(([providerName, group]) => {
        const byProvider = groupBy(group, (item) => item.legs[0]?.provider);
        return [...byProvider].flatMap(([provider, members]) => {
            if (provider === undefined)
                return [];
            const names = groupBy(members, (item) => item.legs[0]?.key);
            const legs = new Map(members.flatMap(({ legs: [leg] }) => (leg ? [[leg.key, leg]] : [])));
            return splitIntoCalls(provider, [...legs.values()]).map((call) => ({
                provider: providerName,
                kind: provider.kind,
                paths: call.map((leg) => leg.locator.path),
                names: call.flatMap((leg) => names.get(leg.key)?.map((item) => item.name) ?? []),
            }));
        });
    });
    return { calls };
}
//# sourceMappingURL=plan.js.map
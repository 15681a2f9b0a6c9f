import { validate } from './conversions.js';
import { defaultMessage, hintFor } from './hints.js';
import { absenceOf } from './manifest.js';
import { isConversion, Unconvertible } from './schema.js';
import { Cut, raced } from './scope.js';
import { Secret } from './secret.js';
import { pick } from './value.js';
/** From an answer to the value that the app gets, or the failure that it is told of. */
export async function convert(answer, context) {
    const { item, outcome } = answer;
    const { entry } = item;
    if (!outcome.ok)
        return missing(answer, outcome.code, outcome.message, context);
    const takes = entry.as && isConversion(entry.as) ? entry.as.takes : 'text';
    const picked = pick(outcome.value, item.reference.field, takes);
    if (!picked.ok)
        return missing(answer, picked.code, picked.message, context);
    const { value } = picked;
    const empty = (typeof value === 'string' || value instanceof Uint8Array) && value.length === 0;
    if (empty && !entry.allowEmpty) {
        const absence = absenceOf(entry, context.allowDefaults);
        if (absence === 'default' || absence === 'absent')
            return stand(answer, absence);
        return failure(item, 'InvalidValue', 'is empty', 'Fill it in, or say allowEmpty: true.');
    }
    const { metadata } = outcome.value;
    if (entry.as === undefined)
        return detailed(answer, value, 'store', metadata);
    try {
        return detailed(answer, await raced(validate(entry.as, value), context.signal), 'store', metadata);
    }
    catch (error) {
        if (error instanceof Unconvertible)
            return failure(item, 'InvalidValue', error.problem);
        if (error instanceof Cut)
            return failure(item, 'Unavailable', `its schema gave ${error.message}`);
        throw error;
    }
}
/** Absence is answered by the entry's own default or `optional`; everything else is a failure. */
function missing(answer, code, message, { allowDefaults, environment }) {
    const { item } = answer;
    const text = message ?? `${defaultMessage(code)} in ${item.reference.provider} (${answer.provider.kind})`;
    if (code !== 'NotFound')
        return failure(item, code, text);
    const absence = absenceOf(item.entry, allowDefaults);
    if (absence === 'default' || absence === 'absent')
        return stand(answer, absence);
    if (!Object.hasOwn(item.entry, 'default'))
        return failure(item, code, text);
    const where = environment === undefined ? 'here' : `in ${environment}`;
    return failure(item, code, `${text}; a default exists, but ${where} sensitive secrets may not use theirs`, 'Create it, or set allowDefaults: true for this environment.');
}
function stand(answer, source) {
    return detailed(answer, source === 'default' ? answer.item.entry.default : undefined, source);
}
function detailed({ item, provider }, value, source, metadata = {}) {
    const hidden = item.entry.sensitive !== false && source !== 'absent';
    return {
        ...metadata,
        value: hidden ? new Secret(value) : value,
        source,
        reference: item.shown,
        provider: item.reference.provider,
        kind: provider.kind,
    };
}
function failure(item, code, message, hint = hintFor(code)) {
    return { name: item.name, reference: item.shown, code, message, hint };
}
//# sourceMappingURL=convert.js.map
import assert from 'node:assert/strict';
import { cell } from '../cell.js';
import { fetchAll, found, isFields, putText, textOf, withStore } from '../session.js';
const LARGE = 64 * 1024;
const BYTES = Uint8Array.from([...Array(256).keys(), 0xc3, 0x28, 0xff, 0xfe]);
export function valueChecks(subject) {
    const { cannot, field, largest } = subject;
    const keeps = (texts) => () => keepsTexts(subject, texts);
    const size = Math.min(largest?.bytes ?? LARGE, LARGE);
    return [
        cell('keeps an empty value', cannot.empty, keeps([''])),
        cell('keeps unicode as it is', cannot.unicode, keeps(['naïve – 日本語 👩‍👩‍👧 עברית', 'e\u0301 is not \u00e9', '\ufeffmarked'])),
        cell('keeps blanks at both ends', cannot.blanks, keeps([' \t two  words\t '])),
        cell('keeps line ends', cannot.lineEnds, keeps(['one\ntwo\r\n\r\nfive'])),
        cell('keeps a final newline', cannot.finalNewline, keeps(['one\n'])),
        cell('keeps text that looks like JSON', undefined, keeps(['{"b": 1.0, "a":[ ]}', '"quoted"', '0', 'true', 'null'])),
        cell('keeps bytes that are no text', cannot.binary, () => keepsBytes(subject)),
        ...(largest && size < LARGE ? [{ name: `keeps a value of ${LARGE} bytes`, reason: largest.reason }] : []),
        cell(`keeps a value of ${size} bytes`, undefined, () => keepsLarge(subject, size)),
        cell('keeps fields as they are', field === undefined ? 'the store keeps text, not fields' : undefined, () => keepsFields(subject)),
    ];
}
function keepsTexts(subject, texts) {
    return withStore(subject, async (store) => {
        for (const [index, text] of texts.entries()) {
            const path = store.path(`text-${index}`);
            await putText(subject, store, path, text);
            const [outcome] = await fetchAll(store.provider, [path]);
            assert.equal(textOf(subject, found(outcome)), text);
        }
    });
}
function keepsBytes(subject) {
    return withStore(subject, async (store) => {
        const path = store.path('bytes');
        await store.put(path, BYTES);
        const [outcome] = await fetchAll(store.provider, [path]);
        const { value } = found(outcome);
        assert.ok(value instanceof Uint8Array, 'the value is not a Uint8Array');
        assert.ok(Buffer.from(BYTES).equals(value), 'the bytes are other bytes');
    });
}
/** Tells lengths only: a difference of 64 KiB is no message. */
function keepsLarge(subject, size) {
    return withStore(subject, async (store) => {
        const text = 'abcdefghijklmnopqrstuvwxyz-012345'.repeat(Math.ceil(size / 33)).slice(0, size);
        const path = store.path('large');
        await putText(subject, store, path, text);
        const [outcome] = await fetchAll(store.provider, [path]);
        const answered = textOf(subject, found(outcome));
        assert.equal(answered.length, size, 'the value has another length');
        assert.ok(answered === text, 'the value has the same length, but other text');
    });
}
function keepsFields(subject) {
    return withStore(subject, async (store) => {
        const fields = {
            user: 'app',
            port: 5432,
            on: true,
            none: null,
            empty: '',
            nested: { list: [1, 'two', {}] },
        };
        const path = store.path('fields');
        await store.put(path, fields);
        const [outcome] = await fetchAll(store.provider, [path]);
        const { value } = found(outcome);
        assert.ok(isFields(value), 'the value is not a record of fields');
        assert.deepEqual({ ...value }, fields);
    });
}
//# sourceMappingURL=values.js.map
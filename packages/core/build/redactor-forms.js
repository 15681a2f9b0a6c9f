const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
/** A value shorter than this would wreck any output: `1`, `on`, `dev` stand everywhere. */
const SHORTEST_VALUE = 4;
/** A shorter line of a longer value is as likely a word of a document (`users:`, `}`) as part of a key. */
const SHORTEST_LINE = 16;
const BASE64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
/** What each encoder leaves as it is beside letters and digits, and what a blank becomes. */
const URL_ENCODERS = [
    ["-._~!'()*", '%20'], // encodeURIComponent
    ["-._~!'()*", '+'], // the same, then made a form value by hand
    ['-._*', '+'], // URLSearchParams, HTML forms, Java
    ['-._~', '%20'], // RFC 3986: Python's quote(safe=''), PHP's rawurlencode
    ['-._~', '+'], // Python's quote_plus, Go's QueryEscape
    ['-._~/', '%20'], // Python's quote
];
/** The ways a value is written in output, as bytes; may repeat. None for one under four characters, or four bytes. */
export function* formsOf(value) {
    const bytes = typeof value === 'string' ? encoder.encode(value) : value;
    const text = typeof value === 'string' ? value : textOf(value);
    if ((typeof value === 'string' ? [...value] : value).length < SHORTEST_VALUE)
        return;
    yield bytes;
    for (const form of base64Forms(bytes))
        yield encoder.encode(form);
    for (const form of urlForms(bytes))
        yield encoder.encode(form);
    if (text === undefined)
        return;
    for (const form of jsonForms(text))
        yield encoder.encode(form);
    for (const line of text.split(/[\r\n]/).map((each) => each.trim())) {
        if (line.length >= SHORTEST_LINE)
            yield encoder.encode(line);
    }
}
function textOf(bytes) {
    try {
        return decoder.decode(bytes);
    }
    catch {
        return undefined;
    }
}
/**
 * What base64 makes of a value wherever it stands in the encoded bytes. A character carries six bits, so the
 * first one that is the value's alone starts at its bit 0, 4 or 2, by how many bytes stand before it; the last
 * one is the value's alone unless bytes follow. At an inner edge up to four bits stay in a shared character.
 */
function* base64Forms(bytes) {
    for (const alphabet of [`${BASE64}+/`, `${BASE64}-_`]) {
        for (const firstBit of [0, 4, 2]) {
            const atEnd = base64(bytes, firstBit, alphabet);
            const bitsOver = (bytes.length * 8 - firstBit) % 6;
            if (bitsOver > 0)
                yield atEnd.slice(0, -1);
            yield atEnd;
            if (bitsOver > 0)
                yield atEnd + (bitsOver === 2 ? '==' : '=');
        }
    }
}
function base64(bytes, firstBit, alphabet) {
    let text = '';
    for (let bit = firstBit; bit < bytes.length * 8; bit += 6) {
        const pair = ((bytes[bit >> 3] ?? 0) << 8) | (bytes[(bit >> 3) + 1] ?? 0);
        text += alphabet[(pair >> (10 - (bit & 7))) & 63];
    }
    return text;
}
function* urlForms(bytes) {
    for (const [unreserved, blank] of URL_ENCODERS) {
        const encode = (hex) => Array.from(bytes, (byte) => {
            const character = String.fromCharCode(byte);
            if (/[A-Za-z0-9]/.test(character) || unreserved.includes(character))
                return character;
            return byte === 0x20 ? blank : `%${hex(byte)}`;
        }).join('');
        const lower = (byte) => byte.toString(16).padStart(2, '0');
        yield encode(lower);
        yield encode((byte) => lower(byte).toUpperCase());
    }
}
/** As `JSON.stringify` writes it, and with the further escapes of Python and PHP (non-ASCII), PHP (`/`) and Go (`<>&`). */
function* jsonForms(text) {
    const plain = JSON.stringify(text).slice(1, -1);
    const unicode = (escaped) => `\\u${escaped.charCodeAt(0).toString(16).padStart(4, '0')}`;
    for (const json of [plain, plain.replace(/[<>&\u2028\u2029]/g, unicode)]) {
        for (const form of [json, json.replaceAll('/', '\\/')]) {
            yield form;
            yield form.replace(/[^ -~]/g, unicode);
        }
    }
}
//# sourceMappingURL=redactor-forms.js.map
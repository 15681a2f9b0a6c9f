/**
 * Parses JSON without changing a number: one that a JavaScript number cannot carry exactly, such as an account
 * number of twenty digits, comes back as the text that was stored. Undefined for what is no JSON.
 *
 * `context.source` is the number as written (TC39 "JSON.parse source text access", Node >= 21).
 */
export function parseExactJson(text: string): unknown {
  try {
    return JSON.parse(text, (_key, value: unknown, context?: { readonly source?: string }) =>
      typeof value === 'number' && context?.source !== undefined && !isExact(value, context.source)
        ? context.source
        : value,
    );
  } catch {
    // The parser's message quotes the text.
    return undefined;
  }
}

/** Integers have to be safe; a fraction is exact enough when its shortest form has the digits that were written. */
function isExact(value: number, source: string): boolean {
  if (/^-?\d+$/.test(source)) return Number.isSafeInteger(value);
  return Number.isFinite(value) && significant(String(value)) === significant(source);
}

function significant(number: string): string {
  const [mantissa = ''] = number.toLowerCase().split('e');
  return mantissa.replace(/[-.]/g, '').replace(/^0+|0+$/g, '');
}

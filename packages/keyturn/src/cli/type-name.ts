import type { EntryOptions } from '@keyturn/core';

/** A word for what an entry is converted to: `integer`, or a validator's name. */
export function typeName({ as: schema }: EntryOptions): string {
  if (schema === undefined) return 'string';
  if ('type' in schema && '~standard' in schema && schema['~standard'].vendor === 'keyturn')
    return String(schema.type);
  return schema['~standard'].vendor;
}

/** A word for what an entry is converted to: `integer`, or a validator's name. */
export function typeName({ as: schema }) {
    if (schema === undefined)
        return 'string';
    if ('type' in schema && '~standard' in schema && schema['~standard'].vendor === 'keyturn')
        return String(schema.type);
    return schema['~standard'].vendor;
}
//# sourceMappingURL=type-name.js.map
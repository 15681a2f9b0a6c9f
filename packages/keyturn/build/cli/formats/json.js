/**
 * One object from name to text, indented by two spaces. Carries everything, half a surrogate pair included.
 * Written by hand: an object of ours would move names that look like numbers to the front.
 */
export const json = (entries) => {
    if (entries.length === 0)
        return '{}\n';
    const lines = entries.map(({ name, value }) => `  ${JSON.stringify(name)}: ${JSON.stringify(value)}`);
    return `{\n${lines.join(',\n')}\n}\n`;
};
//# sourceMappingURL=json.js.map
export function cell(name, reason, run) {
    return reason === undefined ? { name, run } : { name, reason };
}
//# sourceMappingURL=cell.js.map
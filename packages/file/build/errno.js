const DENIED = ['AccessDenied', 'this user may not read it'];
const NOT_NOW = ['Unavailable', 'it cannot be read now'];
/** Codes of errno(3), and what they say of a file that was to be read. */
const TABLE = new Map([
    ['ENOENT', ['NotFound', 'no such file']],
    ['EACCES', DENIED],
    ['EPERM', DENIED],
    ['ENOTDIR', ['InvalidReference', 'a folder in the path is a file']],
    ['EISDIR', ['InvalidReference', 'it is a folder: name a file in it']],
    ['ELOOP', ['InvalidReference', 'too many symbolic links']],
    ['ENAMETOOLONG', ['InvalidReference', 'the path is too long']],
    ['ENXIO', ['InvalidValue', 'it is not a regular file']],
    ['ENODEV', ['InvalidValue', 'it is not a regular file']],
    ['EMFILE', ['Unavailable', 'this process has too many open files']],
    ['ENFILE', ['Unavailable', 'this machine has too many open files']],
    ...['EAGAIN', 'EBUSY', 'EHOSTDOWN', 'EINTR', 'EIO', 'ENOMEM', 'ENOTCONN', 'ESTALE', 'ETIMEDOUT'].map((errno) => [errno, NOT_NOW]),
]);
/** The provider's `classify`: a table over `error.code`. */
export function classify(error) {
    const entry = TABLE.get(errnoOf(error) ?? '');
    return entry && { code: entry[0], message: entry[1] };
}
export function errnoOf(error) {
    return error instanceof Error && 'code' in error ? String(error.code) : undefined;
}
/** The outcome for the file shown as `path`; throws what the table does not know. */
export function failedWith(error, path) {
    const known = classify(error);
    if (known === undefined)
        throw error;
    return failed(known.code, `${path}: ${known.message}`);
}
export function failed(code, message) {
    return { ok: false, code, message };
}
//# sourceMappingURL=errno.js.map
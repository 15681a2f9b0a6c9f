/**
 * Why a path names no file under a root; undefined when it can name one. Only one spelling of each path is
 * taken, so there is nothing to normalise and two references never read one file twice. A backslash is
 * refused everywhere, so that a config means the same on Windows.
 */
export function pathProblem(path) {
    if (path.includes('\0'))
        return 'a path cannot hold a NUL character';
    if (path.includes('\\'))
        return 'folders are separated by "/", not by "\\"';
    if (path.startsWith('/'))
        return 'a path starts at the root folder: write it without the leading "/"';
    if (path.endsWith('/'))
        return 'a path names a file: it cannot end with "/"';
    for (const name of path.split('/')) {
        if (name === '')
            return 'a path cannot hold "//": write one "/"';
        if (name === '.')
            return 'a path cannot hold the folder ".": leave it out';
        if (name === '..')
            return 'a path cannot hold the folder "..": nothing outside the root is read';
        if (name.startsWith('..')) {
            return 'names that begin with ".." are Kubernetes\' own: write the name of the secret\'s key alone';
        }
    }
    return undefined;
}
//# sourceMappingURL=check-path.js.map
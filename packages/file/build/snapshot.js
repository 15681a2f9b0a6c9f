import { readlink, realpath, stat } from 'node:fs/promises';
import { basename, join, parse, sep } from 'node:path';
import { errnoOf, failed, failedWith } from './errno.js';
/** As in Linux: a path with more links than these is taken for a circle. */
const MOST_LINKS = 40;
const SEPARATORS = sep === '/' ? '/' : /[\\/]/;
/**
 * Kubernetes swaps a mounted secret by one rename of `..data`, a link to a folder with all keys, and then
 * deletes the old folder (kubernetes/kubernetes, pkg/volume/util/atomic_writer.go). Whoever follows that link
 * anew for each key can get a user and a password of two versions.
 */
export async function openSnapshot(root) {
    let base;
    try {
        base = await realpath(root);
        if (!(await stat(base)).isDirectory())
            return failed('Misconfigured', `the root ${root} is not a folder`);
    }
    catch (error) {
        const failure = failedWith(error, `the root ${root}`);
        // Without its root, nothing is known of a secret: it is not NotFound.
        const missing = failure.code === 'NotFound' || failure.code === 'InvalidReference';
        return missing ? failed('Misconfigured', `the root ${root} does not exist`) : failure;
    }
    const targets = new Map();
    const followed = new Map();
    function targetOnce(path) {
        const target = targets.get(path) ?? linkTarget(path);
        targets.set(path, target);
        return target;
    }
    async function locate(path) {
        const shown = join(root, path);
        const ahead = path.split('/');
        let here = base;
        let version;
        let links = 0;
        for (let name = ahead.shift(); name !== undefined; name = ahead.shift()) {
            const next = join(here, name);
            let target;
            try {
                target = await targetOnce(next);
            }
            catch (error) {
                // `check` lets no such name pass: a link of Kubernetes led here, and the folder it names is gone.
                if (errnoOf(error) !== 'ENOENT' || !name.startsWith('..'))
                    throw error;
                return failed('Unavailable', `${shown}: Kubernetes' folder ${next} is not there`);
            }
            if (target === undefined) {
                here = next;
                continue;
            }
            links += 1;
            if (links > MOST_LINKS)
                return failed('InvalidReference', `${shown}: too many symbolic links`);
            followed.set(next, target);
            if (name === '..data')
                version = basename(target);
            const start = parse(target).root;
            if (start !== '')
                here = start;
            ahead.unshift(...target.slice(start.length).split(SEPARATORS));
        }
        if (!isWithin(base, here))
            return failed('InvalidReference', `${shown} leads out of the root ${root}`);
        return { ok: true, value: version === undefined ? { path: here } : { path: here, version } };
    }
    async function unchanged() {
        if ((await realpath(root).catch(() => undefined)) !== base)
            return false;
        for (const [path, target] of followed) {
            if ((await linkTarget(path).catch(() => undefined)) !== target)
                return false;
        }
        return true;
    }
    return { ok: true, value: { locate, unchanged } };
}
/** Where a symbolic link points; undefined when the path is no link. */
async function linkTarget(path) {
    try {
        return await readlink(path);
    }
    catch (error) {
        if (errnoOf(error) === 'EINVAL')
            return undefined;
        throw error;
    }
}
function isWithin(folder, path) {
    return path === folder || path.startsWith(folder.endsWith(sep) ? folder : folder + sep);
}
//# sourceMappingURL=snapshot.js.map
import { resolve } from 'node:path';
import { pathProblem } from './check-path.js';
import { classify, failed } from './errno.js';
import { readBatch } from './read-batch.js';
import { readMetadata, readValue } from './read-file.js';
/**
 * A provider over mounted files, as Docker and Kubernetes mount secrets: one secret a file, at most 1 MiB.
 * A path names a file under `root`, with `/` between folders. Links are followed within the root, never out
 * of it; one batch follows each link once, so all its files come from one version of a Kubernetes mount.
 *
 * `NotFound`: no such file in a root that is there. `Misconfigured`: the root is not. `AccessDenied`: this
 * user may not read it. `InvalidReference`: the path is a folder, or leads out of the root. `InvalidValue`:
 * beyond 1 MiB, or not a regular file. `Unavailable`: reading failed for now, or files were replaced over and
 * over while they were read.
 *
 * Metadata: `createdBefore` is the file's modification time; `version` is the folder that Kubernetes' `..data`
 * named, where the file came through it.
 *
 * @example
 * file({ root: '/run/secrets' }) // file://db/password reads /run/secrets/db/password
 */
export function file(options) {
    const { trimNewline = true } = options;
    const root = usableRoot(options.root);
    return {
        contract: 1,
        kind: 'file',
        local: true,
        batchSize: Infinity,
        params: [],
        check(locator) {
            const problem = pathProblem(locator.path);
            return problem === undefined ? { locator } : { problem };
        },
        async fetch(locators, { signal }) {
            if (root === undefined)
                return locators.map(() => noRoot);
            return readBatch(root, locators, signal, (place, shown) => readValue(place, shown, trimNewline));
        },
        async describe(locators, { signal }) {
            if (root === undefined)
                return locators.map(() => noRoot);
            return readBatch(root, locators, signal, readMetadata);
        },
        classify,
    };
}
const noRoot = failed('Misconfigured', 'the option root of file() must be a folder, such as "/run/secrets"');
/** An empty root would quietly be the working folder. */
function usableRoot(root) {
    return typeof root === 'string' && root !== '' && !root.includes('\0') ? resolve(root) : undefined;
}
//# sourceMappingURL=index.js.map
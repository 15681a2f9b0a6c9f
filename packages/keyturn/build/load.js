import { open } from './open.js';
/**
 * Resolves all secrets of a config at boot, then lets go of what the providers opened.
 * The deadline is 30 s unless the config or `options` say otherwise.
 *
 * @throws {ConfigError} `Misconfigured`, with every mistake in the config and its place; before any call.
 * @throws {ResolveError} with a failure for each secret that could not be resolved.
 * @throws the signal's reason, when the caller aborts.
 */
export async function load(config, options = {}) {
    const { environment, signal, deadline, timeout } = options;
    const { resolver, manifest } = open(config, environment, { deadline, timeout });
    try {
        // The manifest is the config's own secrets with one reference each, so it resolves to the same types.
        return (await resolver.resolve(manifest, { signal }));
    }
    finally {
        await resolver.close();
    }
}
//# sourceMappingURL=load.js.map
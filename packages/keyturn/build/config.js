/**
 * Types a config; checks nothing and never throws. `load(config)` and the command line check it.
 *
 * @example
 * export default defineConfig({
 *   environment: process.env.APP_ENV,
 *   environments: { development: { providers: { app: dotenv() } } },
 *   secrets: { DATABASE_URL: 'app://DATABASE_URL' },
 * });
 */
export function defineConfig(config) {
    return config;
}
//# sourceMappingURL=config.js.map
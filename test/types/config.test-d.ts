import { as, type Config, defineConfig, env, load, openConfig, type Secret } from 'keyturn';
import { expectTypeOf } from 'vitest';

const config = defineConfig({
  environment: process.env.APP_ENV,
  environments: { development: { providers: { env: env() } }, staging: { extends: 'development' } },
  secrets: {
    KEY: 'env://KEY',
    PORT: { ref: { development: 'env://PORT' }, as: as.port(), sensitive: false, default: 3000 },
    TOKEN: { ref: 'env://TOKEN', optional: true },
  },
});
const secrets = await load(config);

expectTypeOf(secrets.KEY).toEqualTypeOf<Secret<string>>();
// @ts-expect-error a secret is not its text
expectTypeOf(secrets.KEY).toEqualTypeOf<string>();

expectTypeOf(secrets.PORT).toEqualTypeOf<number>();
// @ts-expect-error a default takes undefined away
expectTypeOf(secrets.PORT).toEqualTypeOf<number | undefined>();

expectTypeOf(secrets.TOKEN).toEqualTypeOf<Secret<string> | undefined>();
// @ts-expect-error optional adds undefined
expectTypeOf(secrets.TOKEN).toEqualTypeOf<Secret<string>>();

const app = openConfig(config);
expectTypeOf(await app.load()).toEqualTypeOf<typeof secrets>();
// @ts-expect-error what is loaded is not the config
expectTypeOf(await app.load()).toEqualTypeOf<typeof config>();
expectTypeOf(app.references.KEY).toEqualTypeOf<string>();
// @ts-expect-error a name that the config does not have
app.references.MISSING;

expectTypeOf(config).toExtend<Config>();
// @ts-expect-error a config is not its secrets
expectTypeOf(config).toExtend<typeof secrets>();

const wrong = { environments: { development: { providers: { env: env() } } } };
// @ts-expect-error a default of another type than the conversion's
defineConfig({ ...wrong, secrets: { PORT: { ref: 'env://PORT', as: as.port(), default: 'x' } } });
// @ts-expect-error an unknown key
defineConfig({ ...wrong, secrets: {}, environnment: 'development' });
// @ts-expect-error nothing to resolve with
defineConfig({ secrets: {} });
// @ts-expect-error a name that the config does not have
secrets.MISSING;

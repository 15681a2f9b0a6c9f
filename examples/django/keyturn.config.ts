import { as, defineConfig, dotenv, env, file, firstOf, memory } from 'keyturn';
import { secretKey } from './secret-key.ts';

const here = import.meta.dirname;
const envFile = dotenv({ environment: 'development', directory: here });

export default defineConfig({
  environment: process.env.APP_ENV,

  environments: {
    development: {
      providers: { app: envFile, settings: firstOf(env(), envFile), django: settingsModule('dev') },
    },
    // Secrets as Docker and Kubernetes mount them, plain settings from the environment. In a container: /run/secrets.
    production: {
      providers: {
        app: file({ root: `${here}/mounted/production` }),
        settings: env(),
        django: settingsModule('prod'),
      },
    },
    staging: {
      extends: 'production',
      providers: { app: file({ root: `${here}/mounted/staging` }), django: settingsModule('staging') },
    },
  },

  secrets: {
    SECRET_KEY: { ref: 'app://SECRET_KEY', as: secretKey, description: 'Signs cookies and tokens' },
    DATABASE_URL: { ref: 'app://DATABASE_URL', as: as.databaseUrl() },
    ALLOWED_HOSTS: {
      ref: 'settings://ALLOWED_HOSTS',
      as: as.list(),
      sensitive: false,
      description: 'The hosts that Django answers for, between commas',
    },
    DEBUG: { ref: 'settings://DEBUG', as: as.boolean(), sensitive: false, default: false },
    DJANGO_SETTINGS_MODULE: { ref: 'django://DJANGO_SETTINGS_MODULE', sensitive: false },
  },
});

/** Fixed for each environment, so that its secrets and its settings module never come from two environments. */
function settingsModule(name: string) {
  return memory({ DJANGO_SETTINGS_MODULE: `shop.settings.${name}` });
}

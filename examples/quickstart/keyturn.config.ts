import { as, defineConfig, dotenv, env, file, firstOf } from 'keyturn';

const here = import.meta.dirname;

export default defineConfig({
  environment: process.env.APP_ENV,

  // Which store stands behind a name is decided here, and only here: app.ts does not know.
  environments: {
    development: {
      providers: {
        app: dotenv({ environment: 'development', directory: here }),
        settings: firstOf(env(), dotenv({ environment: 'development', directory: here })),
      },
      allowDefaults: true,
    },
    // Secrets as Docker and Kubernetes mount them: one file each.
    production: {
      providers: { app: file({ root: `${here}/mounted` }), settings: env() },
    },
    // Wrong on purpose: shows what a failed boot looks like.
    broken: {
      extends: 'production',
      providers: {
        app: file({ root: `${here}/broken/mounted` }),
        settings: dotenv({ directory: `${here}/broken` }),
      },
    },
  },

  secrets: {
    DATABASE_URL: { ref: 'app://DATABASE_URL', as: as.databaseUrl(), description: 'The main database' },
    STRIPE_KEY: { ref: 'app://payments#stripe', description: 'For payments; a field of a JSON document' },
    SESSION_KEY: { ref: 'app://SESSION_KEY', as: as.base64(), description: 'Signs session cookies' },
    POOL_SIZE: { ref: 'app://POOL_SIZE', as: as.integer(), sensitive: false, default: 5 },
    LOG_LEVEL: {
      ref: 'settings://LOG_LEVEL',
      as: as.oneOf('debug', 'info', 'warn'),
      sensitive: false,
      default: 'info',
    },
  },
});

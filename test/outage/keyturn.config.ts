import { awsSecretsManager } from '@keyturn/aws-secrets-manager';
import { vault } from '@keyturn/vault';
import { as, defineConfig, env } from 'keyturn';
import { STALE_IF_ERROR, STALE_WHILE_REVALIDATE, TTL } from './settings.ts';

// The quickstart's names, in two documents that both stores hold alike: beside the quickstart's app.ts, and beside
// service.ts. Where the store is, and who asks, comes from the variables that each vendor's own tools read.
const { APP_ENV, BOOT_DEADLINE, SHOP } = process.env;
const staleIfError = Number(process.env.STALE_IF_ERROR ?? STALE_IF_ERROR);
const settings = env();

export default defineConfig({
  environment: APP_ENV,
  deadline: BOOT_DEADLINE,
  cache: { ttl: TTL, staleWhileRevalidate: STALE_WHILE_REVALIDATE, staleIfError },

  environments: {
    vault: { providers: { settings, app: vault({ prefix: `secret/${SHOP}/` }) } },
    'aws-secrets-manager': { providers: { settings, app: awsSecretsManager({ prefix: `${SHOP}/` }) } },
  },

  secrets: {
    DATABASE_URL: { ref: 'app://app#DATABASE_URL', as: as.databaseUrl() },
    STRIPE_KEY: { ref: 'app://payments#stripe' },
    SESSION_KEY: { ref: 'app://app#SESSION_KEY', as: as.base64() },
    POOL_SIZE: { ref: 'app://app#POOL_SIZE', as: as.integer(), sensitive: false, default: 5 },
    LOG_LEVEL: {
      ref: 'settings://LOG_LEVEL',
      as: as.oneOf('debug', 'info', 'warn'),
      sensitive: false,
      default: 'info',
    },
  },
});

import { awsSecretsManager } from '@keyturn/aws-secrets-manager';
import { awsSsm } from '@keyturn/aws-ssm';
import { azureKeyVault } from '@keyturn/azure-key-vault';
import { gcpSecretManager } from '@keyturn/gcp-secret-manager';
import { vault } from '@keyturn/vault';
import { as, defineConfig, env } from 'keyturn';

// Beside the quickstart's app.ts, this boots it from each store. Where the stores are, and who asks, comes from the
// variables that each vendor's own tools read.
export default defineConfig({
  environment: process.env.APP_ENV,

  environments: {
    base: { providers: { settings: env() } },
    'aws-ssm': { extends: 'base', providers: { app: awsSsm({ prefix: '/quickstart/' }) } },
    'aws-secrets-manager': {
      extends: 'base',
      providers: { app: awsSecretsManager({ prefix: 'quickstart/' }) },
    },
    vault: { extends: 'base', providers: { app: vault({ prefix: 'secret/quickstart/' }) } },
    'azure-key-vault': { extends: 'base', providers: { app: azureKeyVault({ prefix: 'quickstart-' }) } },
    'gcp-secret-manager': {
      extends: 'base',
      // Google's tools read no variable for it.
      providers: { app: gcpSecretManager({ prefix: 'quickstart-', endpoint: process.env.GCP_ENDPOINT }) },
    },
  },

  // Vault keeps fields; a name in Azure has no underscore.
  secrets: {
    DATABASE_URL: {
      ref: {
        base: 'app://DATABASE_URL',
        vault: 'app://app#DATABASE_URL',
        'azure-key-vault': 'app://DATABASE-URL',
      },
      as: as.databaseUrl(),
    },
    STRIPE_KEY: { ref: 'app://payments#stripe' },
    SESSION_KEY: {
      ref: {
        base: 'app://SESSION_KEY',
        vault: 'app://app#SESSION_KEY',
        'azure-key-vault': 'app://SESSION-KEY',
      },
      as: as.base64(),
    },
    POOL_SIZE: {
      ref: { base: 'app://POOL_SIZE', vault: 'app://app#POOL_SIZE', 'azure-key-vault': 'app://POOL-SIZE' },
      as: as.integer(),
      sensitive: false,
      default: 5,
    },
    LOG_LEVEL: {
      ref: 'settings://LOG_LEVEL',
      as: as.oneOf('debug', 'info', 'warn'),
      sensitive: false,
      default: 'info',
    },
  },
});

import { describeLive } from '../stores/live.ts';
import { openSecretsManager } from './secrets-manager-store.ts';
import { outagesOf } from './suite.ts';

await describeLive('outages of Secrets Manager on LocalStack', 'localstack', () => {
  outagesOf('Secrets Manager', openSecretsManager, { startsSlowly: true });
});

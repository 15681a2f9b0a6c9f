import { describeLive } from '../stores/live.ts';
import { outagesOf } from './suite.ts';
import { openVault } from './vault-store.ts';

await describeLive('outages of Vault', 'vault', () => {
  outagesOf('Vault', openVault);
});

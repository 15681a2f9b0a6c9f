export { type AzureKeyVaultOptions, azureKeyVault } from './provider.ts';

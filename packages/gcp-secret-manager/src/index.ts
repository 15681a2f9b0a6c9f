export { type GcpSecretManagerOptions, gcpSecretManager } from './provider.ts';

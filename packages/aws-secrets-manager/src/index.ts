export { type AwsSecretsManagerOptions, awsSecretsManager } from './provider.ts';

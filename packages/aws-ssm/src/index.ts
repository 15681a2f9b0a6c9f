export { type AwsSsmOptions, awsSsm } from './provider.ts';

export * from '@keyturn/core';
export { type DotenvOptions, dotenv } from '@keyturn/dotenv';
export { type EnvOptions, env } from '@keyturn/env';
export { type FileOptions, file } from '@keyturn/file';
export {
  type Config,
  type ConfigEntry,
  type ConfigSecrets,
  defineConfig,
  type Environment,
  type SharedOptions,
} from './config.ts';
export { type LoadOptions, load } from './load.ts';

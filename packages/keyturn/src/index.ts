export * from '@keyturn/core';
export { type DotenvOptions, dotenv } from '@keyturn/dotenv';
export { type EnvOptions, env } from '@keyturn/env';
export { type FileOptions, file } from '@keyturn/file';
export type { AuditDamage } from './audit/break.ts';
export type { AuditConfig } from './audit/config.ts';
export { auditFile } from './audit/file.ts';
export type { AuditFileOptions } from './audit/file-options.ts';
export type { AuditHead } from './audit/head.ts';
export type { HeadsTarget } from './audit/heads.ts';
export { type AuditLogger, type AuditSinkOptions, auditLogger, auditStdout } from './audit/sinks.ts';
export type { AuditProblem, AuditVerdict, SegmentVerdict } from './audit/verdict.ts';
export { type VerifyAuditOptions, verifyAudit } from './audit/verify.ts';
export {
  type Config,
  type ConfigEntry,
  type ConfigSecrets,
  defineConfig,
  type Environment,
  type SharedOptions,
} from './config.ts';
export type { KeySource } from './key.ts';
export { type LoadOptions, load, type OpenedConfig, type OpenOptions, openConfig } from './load.ts';
export { redactConsole } from './redact-console.ts';
export { snapshot } from './snapshot.ts';
export type { SnapshotOptions } from './snapshot-options.ts';

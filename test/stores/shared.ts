import type { TestProject } from 'vitest/node';
import { obstacle } from './live.ts';
import { startLocalstack } from './localstack.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** The endpoint of the LocalStack that all files of `test/live` share; each has names of its own in it. */
    readonly localstack: string;
  }
}

/** Starts what takes long to start once for all files: LocalStack's first answer costs some 18 s of a processor. */
export default async function setup(project: TestProject): Promise<(() => Promise<void>) | undefined> {
  if ((await obstacle('localstack')) !== undefined) return undefined;
  const localstack = await startLocalstack();
  project.provide('localstack', localstack.endpoint);
  return localstack.stop;
}

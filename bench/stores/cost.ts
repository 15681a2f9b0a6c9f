import { figure, timeCommands } from '../measure.ts';

/** What a process does before it has one secret: with the bare SDK, and with the provider over it. */
export interface FirstRead {
  /** Such as `aws-ssm`. */
  readonly kind: string;
  /** The name of the vendor's package. */
  readonly sdk: string;
  /** A module that reads the secret `bench-0`, and lets the process end. */
  readonly bySdk: string;
  /** Makes the provider, such as `awsSsm()`. */
  readonly factory: string;
  /** @default 'app://bench-0' */
  readonly reference?: string;
  /** Where the store is. */
  readonly env: NodeJS.ProcessEnv;
}

/** Times modules in processes of their own, over one that does nothing. */
export function cost({ kind, sdk, bySdk, factory, reference = 'app://bench-0', env }: FirstRead): void {
  const provider = `@keyturn/${kind}`;
  const name = factory.slice(0, factory.indexOf('('));
  const module = (code: string) => ({
    args: ['--input-type=module', '-e', code],
    cwd: import.meta.dirname,
    env: { ...process.env, ...env },
  });
  const times = timeCommands({
    nothing: module(''),
    importSdk: module(`import '${sdk}'`),
    importProvider: module(`import '${provider}'`),
    bySdk: module(bySdk),
    byKeyturn: module(`
      import { ${name} } from '${provider}';
      import { createResolver } from '@keyturn/core';
      const resolver = createResolver({ providers: { app: ${factory} } });
      await resolver.resolve('${reference}');
      await resolver.close();`),
  });
  const over = (name: string) => (times[name] ?? 0) - (times.nothing ?? 0);
  const pair = (one: string, other: string) => `${over(one).toFixed(0)} / ${over(other).toFixed(0)} ms`;
  figure(`${kind}: importing, provider / SDK`, pair('importProvider', 'importSdk'));
  figure(`${kind}: first read, Keyturn / SDK`, pair('byKeyturn', 'bySdk'));
}

#!/usr/bin/env node
import { enableCompileCache } from 'node:module';

enableCompileCache();
// `keyturn check | head -1`: whoever reads our output may stop reading, and what we found still decides the exit code.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
}

const { fail, main } = await import('./main.ts');
const { ConfigError } = await import('@keyturn/core');
const args = process.argv.slice(2);
// Node would print the text of what nobody caught, and the line of source; both can hold a value.
process.on('uncaughtException', (error) => process.exit(fail(error, args)));
const stuck = () => {
  const message = 'the config, or a provider, waits for something that cannot come any more';
  process.exit(fail(new ConfigError([{ place: '', message }]), args));
};
process.once('beforeExit', stuck);
process.exitCode = await main(args);
process.off('beforeExit', stuck);

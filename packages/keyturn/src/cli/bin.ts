#!/usr/bin/env node
import * as nodeModule from 'node:module';
import { keepStdoutForData } from '../audit/stdout.ts';

const args = process.argv.slice(2);
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < 22 || (major === 22 && minor < 22)) {
  process.stderr.write(`keyturn needs Node >= 22.22; this is ${process.version}\n`);
  process.exit(args[0] === 'run' ? 125 : 2);
}

// Later imports are read from it; a Node that may not write it goes on without.
nodeModule.enableCompileCache();
keepStdoutForData();
const { fail, failStuck, main } = await import('./main.ts');

// Node would print the text of what nobody caught, and the line of source; both can hold a value.
process.on('uncaughtException', (error: NodeJS.ErrnoException) => {
  // `keyturn check | head -1`: whoever reads our output may stop reading, and what we found still decides the exit code.
  if (error.code !== 'EPIPE') process.exit(fail(error, args));
});
const stuck = () => process.exit(failStuck(args));
process.once('beforeExit', stuck);
const code = await main(args);
process.off('beforeExit', stuck);
// A timer or a connection that the config left open keeps no command from ending; output that is under way does.
for (const stream of [process.stdout, process.stderr]) await new Promise((done) => stream.write('', done));
process.exit(code);

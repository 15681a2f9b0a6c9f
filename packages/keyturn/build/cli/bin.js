#!/usr/bin/env node
import { enableCompileCache } from 'node:module';
enableCompileCache();
// `keyturn check | head -1`: whoever reads our output may stop reading.
process.stdout.on('error', (error) => {
    if (error.code !== 'EPIPE')
        throw error;
    process.exit(0);
});
const { main } = await import('./main.js');
process.exitCode = await main(process.argv.slice(2));
//# sourceMappingURL=bin.js.map
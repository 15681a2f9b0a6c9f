export * from '@keyturn/core';
export { dotenv } from '@keyturn/dotenv';
export { env } from '@keyturn/env';
export { file } from '@keyturn/file';
export { defineConfig, } from './config.js';
export { load } from './load.js';
//# sourceMappingURL=index.js.map
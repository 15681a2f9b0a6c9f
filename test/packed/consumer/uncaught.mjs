import { createResolver, memory } from 'keyturn';

await createResolver({ providers: { app: memory() } }).resolve('app://absent');

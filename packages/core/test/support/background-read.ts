import { createResolver, memory, type Provider } from '../../src/index.ts';

// Run as a process of its own: an old value is served, and the read behind it never ends well.
const [way] = process.argv.slice(2);
const store = memory({ x: 'v1' });
const app: Provider = {
  ...store,
  fetch: (locators, options) => {
    if (store.calls.length === 1) {
      console.log(`the second call ${way === 'hang' ? 'hangs' : 'fails'}`);
      store.fail('*', way === 'hang' ? 'hang' : 'Unavailable');
    }
    return store.fetch(locators, options);
  },
};
const resolver = createResolver({
  providers: { app },
  deadline: '10m',
  timeout: '5m',
  cache: { ttl: 1, staleWhileRevalidate: '1h' },
  retry: { baseDelay: '5m', maxDelay: '5m' },
});
await resolver.resolve('app://x');
const readAt = performance.now();
while (performance.now() - readAt < 2);
console.log((await resolver.resolveWithMetadata('app://x')).source);

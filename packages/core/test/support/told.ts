import type { Resolver, ResolverEvent } from '../../src/index.ts';

/** An event without what is random or the time of day. */
type Told = Omit<ResolverEvent, 'at' | 'resolver'>;

/** From now on, what a resolver tells, of one type or of all. */
export function told(resolver: Pick<Resolver, 'subscribe'>, type?: ResolverEvent['type']): Told[] {
  const all: Told[] = [];
  resolver.subscribe(({ at: _at, resolver: _resolver, ...event }) => {
    if (type === undefined || event.type === type) all.push(event);
  });
  return all;
}

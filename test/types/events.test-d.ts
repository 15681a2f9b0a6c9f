import {
  createResolver,
  type ErrorCode,
  type FetchEvent,
  memory,
  type ProviderMetrics,
  type ResolverEvent,
  type ResolverListener,
  type ResolverMetrics,
  type RotatedEvent,
  type RotationVerdict,
  type Source,
} from '@keyturn/core';
import { expectTypeOf } from 'vitest';

const resolver = createResolver({ providers: { app: memory() } });

const end = resolver.subscribe((event) => {
  expectTypeOf(event).toEqualTypeOf<ResolverEvent>();
  // @ts-expect-error all of them, not one
  expectTypeOf(event).toEqualTypeOf<FetchEvent>();
  expectTypeOf(event.at).toEqualTypeOf<number>();
  // @ts-expect-error milliseconds, no Date
  expectTypeOf(event.at).toEqualTypeOf<Date>();
  expectTypeOf(event.resolver).toEqualTypeOf<string>();
  // @ts-expect-error an id, not the resolver
  expectTypeOf(event.resolver).toEqualTypeOf<typeof resolver>();
  // @ts-expect-error no event holds a value
  event.value;
  // @ts-expect-error only some have a code
  event.code;
  // @ts-expect-error a listener changes nothing
  event.at = 0;
  // @ts-expect-error there is no such event
  if (event.type === 'resolved') return;

  switch (event.type) {
    case 'resolve':
      expectTypeOf(event.source).toEqualTypeOf<Source | undefined>();
      // @ts-expect-error a failure has none
      expectTypeOf(event.source).toEqualTypeOf<Source>();
      expectTypeOf(event.provider).toEqualTypeOf<string | undefined>();
      // @ts-expect-error a wrong reference has none
      expectTypeOf(event.provider).toEqualTypeOf<string>();
      break;
    case 'fetch':
      expectTypeOf(event).toEqualTypeOf<FetchEvent>();
      // @ts-expect-error narrowed
      expectTypeOf(event).toEqualTypeOf<ResolverEvent>();
      expectTypeOf(event.paths).toEqualTypeOf<readonly string[]>();
      // @ts-expect-error not to be changed
      expectTypeOf(event.paths).toEqualTypeOf<string[]>();
      // @ts-expect-error a call has many paths
      event.path;
      break;
    case 'retry':
      expectTypeOf(event.code).toEqualTypeOf<ErrorCode>();
      // @ts-expect-error a code, not any text
      expectTypeOf(event.code).toEqualTypeOf<string>();
      // @ts-expect-error it was not refused
      event.reason;
      break;
    case 'retryRefused':
      expectTypeOf(event.reason).toEqualTypeOf<'budget' | 'deadline'>();
      // @ts-expect-error one of two
      expectTypeOf(event.reason).toEqualTypeOf<string>();
      // @ts-expect-error there is no further attempt
      event.delayMs;
      break;
    case 'stale':
      expectTypeOf(event.source).toEqualTypeOf<'stale' | 'snapshot'>();
      // @ts-expect-error old values only
      expectTypeOf(event.source).toEqualTypeOf<Source>();
      break;
    case 'rotated':
      expectTypeOf(event.version).toEqualTypeOf<string | undefined>();
      // @ts-expect-error not every store has one
      expectTypeOf(event.version).toEqualTypeOf<string>();
      break;
    case 'rotation':
      expectTypeOf(event.verdict).toEqualTypeOf<RotationVerdict>();
      // @ts-expect-error one of five
      expectTypeOf(event.verdict).toEqualTypeOf<string>();
      expectTypeOf(event.dueAt).toEqualTypeOf<number | undefined>();
      // @ts-expect-error milliseconds, no Date
      expectTypeOf(event.dueAt).toEqualTypeOf<Date | undefined>();
      break;
    default:
      // All types were named.
      expectTypeOf(event).toEqualTypeOf<never>();
      // @ts-expect-error nothing is left
      expectTypeOf(event).toEqualTypeOf<RotatedEvent>();
  }
});
expectTypeOf(end).toEqualTypeOf<() => void>();
// @ts-expect-error a function
expectTypeOf(end).toEqualTypeOf<void>();

// A listener of its own, and one that is async.
const listener: ResolverListener = async () => {};
resolver.subscribe(listener);
// @ts-expect-error not a function
resolver.subscribe({ onEvent: listener });
// @ts-expect-error an event for which there may be others
resolver.subscribe((event: RotatedEvent) => event);

const metrics = resolver.metrics();
expectTypeOf(metrics).toEqualTypeOf<ResolverMetrics>();
// @ts-expect-error of all providers
expectTypeOf(metrics).toEqualTypeOf<ProviderMetrics>();
expectTypeOf(metrics.app).toEqualTypeOf<ProviderMetrics | undefined>();
// @ts-expect-error a name may have no provider
expectTypeOf(metrics.app).toEqualTypeOf<ProviderMetrics>();
expectTypeOf(metrics.app?.latencyMs.counts).toEqualTypeOf<readonly number[] | undefined>();
// @ts-expect-error not to be changed
expectTypeOf(metrics.app?.latencyMs.counts).toEqualTypeOf<number[] | undefined>();
// @ts-expect-error not to be changed
if (metrics.app) metrics.app.hits = 0;

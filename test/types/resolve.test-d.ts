import { as, createResolver, type DatabaseUrl, type Detailed, memory, type Secret } from '@keyturn/core';
import { type } from 'arktype';
import * as v from 'valibot';
import { expectTypeOf } from 'vitest';
import { z } from 'zod';

const resolver = createResolver({ providers: { app: memory() } });

const all = await resolver.resolve({
  text: 'app://x',
  entry: { ref: 'app://x' },
  integer: { ref: 'app://x', as: as.integer() },
  plain: { ref: 'app://x', as: as.integer(), sensitive: false },
  optional: { ref: 'app://x', as: as.integer(), optional: true },
  optionalPlain: { ref: 'app://x', optional: true, sensitive: false },
  defaulted: { ref: 'app://x', as: as.boolean(), default: false, optional: true, sensitive: false },
  database: { ref: 'app://x', as: as.databaseUrl() },
  word: { ref: 'app://x', as: as.oneOf('debug', 'info'), sensitive: false },
  zod: { ref: 'app://x', as: z.coerce.number() },
  valibot: { ref: 'app://x', as: v.pipe(v.string(), v.transform(Number)) },
  arktype: { ref: 'app://x', as: type('string.numeric.parse') },
  json: { ref: 'app://x', as: as.json(z.object({ user: z.string() })) },
  anyJson: { ref: 'app://x', as: as.json() },
});

expectTypeOf(all.text).toEqualTypeOf<Secret<string>>();
// @ts-expect-error a reference gives a secret
expectTypeOf(all.text).toEqualTypeOf<string>();

expectTypeOf(all.entry).toEqualTypeOf<Secret<string>>();
// @ts-expect-error without a conversion it is text
expectTypeOf(all.entry).toEqualTypeOf<Secret<unknown>>();

expectTypeOf(all.integer).toEqualTypeOf<Secret<number>>();
// @ts-expect-error the conversion decides the type
expectTypeOf(all.integer).toEqualTypeOf<Secret<string>>();

expectTypeOf(all.plain).toEqualTypeOf<number>();
// @ts-expect-error not sensitive, so no Secret
expectTypeOf(all.plain).toEqualTypeOf<Secret<number>>();

expectTypeOf(all.optional).toEqualTypeOf<Secret<number> | undefined>();
// @ts-expect-error optional adds undefined
expectTypeOf(all.optional).toEqualTypeOf<Secret<number>>();

expectTypeOf(all.optionalPlain).toEqualTypeOf<string | undefined>();
// @ts-expect-error optional adds undefined
expectTypeOf(all.optionalPlain).toEqualTypeOf<string>();

expectTypeOf(all.defaulted).toEqualTypeOf<boolean>();
// @ts-expect-error a default takes undefined away
expectTypeOf(all.defaulted).toEqualTypeOf<boolean | undefined>();

expectTypeOf(all.database).toEqualTypeOf<Secret<DatabaseUrl>>();
// @ts-expect-error a database URL is no URL
expectTypeOf(all.database).toEqualTypeOf<Secret<URL>>();

expectTypeOf(all.word).toEqualTypeOf<'debug' | 'info'>();
// @ts-expect-error exactly these words
expectTypeOf(all.word).toEqualTypeOf<string>();

expectTypeOf(all.zod).toEqualTypeOf<Secret<number>>();
// @ts-expect-error Zod's output
expectTypeOf(all.zod).toEqualTypeOf<Secret<unknown>>();

expectTypeOf(all.valibot).toEqualTypeOf<Secret<number>>();
// @ts-expect-error Valibot's output, not its input
expectTypeOf(all.valibot).toEqualTypeOf<Secret<string>>();

expectTypeOf(all.arktype).toEqualTypeOf<Secret<number>>();
// @ts-expect-error ArkType's output, not its input
expectTypeOf(all.arktype).toEqualTypeOf<Secret<string>>();

expectTypeOf(all.json).toEqualTypeOf<Secret<{ user: string }>>();
// @ts-expect-error the inner schema's output
expectTypeOf(all.json).toEqualTypeOf<Secret<unknown>>();

expectTypeOf(all.anyJson).toEqualTypeOf<Secret<unknown>>();
// @ts-expect-error JSON of no known shape is not any
expectTypeOf(all.anyJson).toEqualTypeOf<Secret<string>>();

expectTypeOf(await resolver.resolve('app://x')).toEqualTypeOf<Secret<string>>();
// @ts-expect-error one reference, one secret
expectTypeOf(await resolver.resolve('app://x')).toEqualTypeOf<string>();

const single = await resolver.resolve('app://x', { as: as.port(), sensitive: false, timeout: '1s' });
expectTypeOf(single).toEqualTypeOf<number>();
// @ts-expect-error its options decide
expectTypeOf(single).toEqualTypeOf<Secret<number>>();

const detailed = await resolver.resolveWithMetadata({ port: { ref: 'app://x', as: as.port() } });
expectTypeOf(detailed.port).toEqualTypeOf<Detailed<Secret<number>>>();
// @ts-expect-error the value is inside
expectTypeOf(detailed.port).toEqualTypeOf<Secret<number>>();

// @ts-expect-error a default of another type than the conversion's
await resolver.resolve({ port: { ref: 'app://x', as: as.port(), default: '3000', sensitive: false } });
// @ts-expect-error an entry needs a reference
await resolver.resolve({ port: { as: as.port() } });
// @ts-expect-error a name that was not asked for
all.missing;

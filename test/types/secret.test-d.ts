import { Secret } from '@keyturn/core';
import { expectTypeOf } from 'vitest';

const port = new Secret(5432);

expectTypeOf(port).toEqualTypeOf<Secret<number>>();
// @ts-expect-error a secret number is not a secret string
expectTypeOf(port).toEqualTypeOf<Secret<string>>();

expectTypeOf(port.reveal()).toEqualTypeOf<number>();
// @ts-expect-error only reveal() gives the value
expectTypeOf(port).toEqualTypeOf<number>();

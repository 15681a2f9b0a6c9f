import { Writable } from 'node:stream';
import { createRedactor, createResolver, memory, type Redactor } from 'keyturn';
import pino from 'pino';
import { describe, expect, it } from 'vitest';
import winston from 'winston';
import { KINDS, leaksIn } from './search.ts';

type Log = (object: object) => void;

// As docs/redaction.md shows it.
const loggers: Readonly<Record<string, (redactor: Redactor, stream: Writable) => Log>> = {
  pino(redactor, stream) {
    const logger = pino({ hooks: { streamWrite: redactor.redact } }, stream);
    return (object) => logger.child(object).info(object, 'text');
  },
  winston(redactor, stream) {
    const { format } = winston;
    const masked = format((info) => {
      const line = Symbol.for('message');
      return { ...info, [line]: redactor.redact(String(info[line])) };
    });
    const logger = winston.createLogger({
      format: format.combine(format.json(), masked()),
      transports: [new winston.transports.Stream({ stream })],
    });
    return (object) => logger.child(object).info('text', object);
  },
};
const texts = Object.entries(KINDS).flatMap(([kind, value]) =>
  typeof value === 'string' ? [[kind, value] as const] : [],
);

describe.each(Object.entries(loggers))('%s', (_, create) => {
  it.each(texts)('masks a value that is %s, from the resolve on that gives it', async (__, value) => {
    let written = '';
    const stream = new Writable({
      write(chunk, _encoding, done) {
        written = `${chunk}`;
        done();
      },
    });
    const store = memory({ x: 'another value' });
    const redactor = createRedactor();
    const resolver = createResolver({ providers: { app: store }, redactor, cache: false });
    const log = create(redactor, stream);
    const object = {
      value,
      base64: Buffer.from(`user:${value}`).toString('base64'),
      nested: [{ url: encodeURIComponent(value), hex: Buffer.from(value).toString('hex') }],
    };
    await resolver.resolve('app://x');
    log(object);
    expect(leaksIn(written)).not.toEqual([]);
    store.set('x', value);
    await resolver.resolve('app://x');
    log(object);
    expect(leaksIn(written)).toEqual([]);
    expect(JSON.parse(written)).toMatchObject({
      value: '[secret]',
      nested: [{ url: '[secret]', hex: '[secret]' }],
    });
  });
});

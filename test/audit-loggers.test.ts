import { Writable } from 'node:stream';
import { type AuditLogger, auditLogger, createResolver, memory } from 'keyturn';
import pino from 'pino';
import { expect, it } from 'vitest';
import winston, { type Logform } from 'winston';

/** What a logger writes of one resolve, as docs/audit-event.md says. */
async function written(loggerOf: (stream: Writable) => AuditLogger): Promise<string> {
  let text = '';
  const stream = new Writable({
    write(chunk, _encoding, done) {
      text += chunk;
      done();
    },
  });
  const audit = { sinks: [auditLogger(loggerOf(stream))] };
  const resolver = createResolver({ providers: { app: memory({ key: 'canary' }) }, audit });
  await resolver.resolve('app://key');
  await resolver.close();
  expect(text).not.toContain('canary');
  return text;
}

const { format } = winston;
const winstonOf = (stream: Writable, how: Logform.Format) =>
  winston.createLogger({ format: how, transports: [new winston.transports.Stream({ stream })] });
const EVENT = { schema: 1, action: 'resolve', name: 'app://key', outcome: 'ok' };

it('pino has the event under audit', async () => {
  expect(JSON.parse(await written((stream) => pino(stream)))).toMatchObject({
    level: 30,
    audit: EVENT,
    msg: 'keyturn audit',
  });
});

/** The text first, as winston takes it. */
const textFirst = (stream: Writable, how: Logform.Format): AuditLogger => {
  const logger = winstonOf(stream, how);
  return { info: (object, message) => logger.info(message, object) };
};

it.each([
  ['JSON', format.json()],
  ['JSON and a time', format.combine(format.timestamp(), format.json())],
  ['JSON and splat', format.combine(format.splat(), format.json())],
])('winston that is given the text first has the event under audit: %s', async (_, how) => {
  const line = JSON.parse(await written((stream) => textFirst(stream, how)));
  expect(line).toMatchObject({ level: 'info', audit: EVENT, message: 'keyturn audit' });
});

it('winston that is given the text first prints the event as text', async () => {
  const line = await written((stream) => textFirst(stream, format.simple()));
  expect(JSON.parse(line.replace('info: keyturn audit ', ''))).toMatchObject({ audit: EVENT });
});

it.each([
  ['simple', format.simple()],
  ['printf', format.printf(({ level, message }) => `${level}: ${message}`)],
])('winston as it is loses nothing in a text format: %s', async (_, how) => {
  const line = await written((stream) => winstonOf(stream, how));
  expect(JSON.parse(line.replace('info: ', ''))).toMatchObject({ audit: EVENT });
});

it('winston as it is has the event under message', async () => {
  const line = await written((stream) => winstonOf(stream, format.json()));
  expect(JSON.parse(line)).toMatchObject({ level: 'info', message: { audit: EVENT } });
});

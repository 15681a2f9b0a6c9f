import { Writable } from 'node:stream';
import pino, { type LoggerOptions } from 'pino';
import winston, { type Logform } from 'winston';

/** Not of a literal type, by which pino would want a number for `%d`. */
const DIRECTIVES: string = '%s %d %i %f %j %o %O %c %%';

/** What an app logs by pino and winston of a value: alone, in an object, in a message, in an error, by their formats. */
export function logged(value: unknown): Record<string, string> {
  const { format } = winston;
  const stack = format.errors({ stack: true, cause: true });
  return {
    pino: byPino(value, {}),
    'pino with serializers': byPino(value, {
      serializers: { value: (each) => each, err: pino.stdSerializers.errWithCause },
      formatters: { log: (object) => ({ ...object }) },
      mixin: () => ({ mixed: value }),
    }),
    'winston as JSON': byWinston(value, format.combine(stack, format.splat(), format.json())),
    'winston as text': byWinston(value, format.combine(stack, format.splat(), format.simple())),
    'winston as inspect': byWinston(
      value,
      format.combine(stack, format.splat(), format.prettyPrint({ depth: 9 })),
    ),
    'winston for logstash': byWinston(value, format.combine(stack, format.logstash())),
    'winston in a template': byWinston(
      value,
      format.combine(
        format.metadata(),
        format.printf(({ message, metadata }) => `${message} ${JSON.stringify(metadata)} ${metadata}`),
      ),
    ),
  };
}

function byPino(value: unknown, options: LoggerOptions): string {
  return written((stream) => {
    const logger = pino(options, stream);
    const error = Object.assign(new Error('failed', { cause: value }), { value });
    logger.info(value);
    logger.info({ value, deep: [{ value }], map: new Map([[value, value]]) }, 'text');
    logger.info({ value }, DIRECTIVES, ...Array(8).fill(value));
    logger.child({ value }).error(error);
    logger.error({ err: error, value }, `in a template: ${value}`);
    logger.error(new Error('outer', { cause: error }));
  });
}

function byWinston(value: unknown, format: Logform.Format): string {
  return written((stream) => {
    const logger = winston.createLogger({ format, transports: [new winston.transports.Stream({ stream })] });
    const error = Object.assign(new Error('failed', { cause: value }), { value });
    logger.info('text', { value, deep: [{ value }] });
    logger.info('%s %d %j %o %O', value, value, value, value, value);
    logger.info({ message: value, value });
    logger.child({ value }).error(error);
    logger.error('text', error);
    logger.error(new Error('outer', { cause: error }));
  });
}

function written(use: (stream: Writable) => void): string {
  let text = '';
  const write = (chunk: unknown, _encoding: unknown, done: () => void) => {
    text += chunk;
    done();
  };
  use(new Writable({ write }));
  return text;
}

import { spawn, spawnSync } from 'node:child_process';
import { Console } from 'node:console';
import { once } from 'node:events';
import { Writable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import {
  type AuditLogger,
  type AuditSink,
  auditLogger,
  auditStdout,
  ConfigError,
  createResolver,
  memory,
} from '../src/index.ts';

function resolverOf(sink: AuditSink) {
  const warnings: string[] = [];
  const resolver = createResolver({
    providers: { app: memory({ key: 'canary' }) },
    audit: { sinks: [sink] },
    onWarning: ({ message }) => warnings.push(message),
  });
  return { resolver, warnings };
}

const event = { schema: 1, action: 'resolve', name: 'app://key', outcome: 'ok' };

describe('auditLogger', () => {
  it('tells each event as an object and a message, and what was lost', async () => {
    const told: unknown[][] = [];
    let isDown = true;
    const logger: AuditLogger = {
      info(...args) {
        if (isDown) throw new Error('canary');
        told.push(args);
      },
    };
    const { resolver, warnings } = resolverOf(auditLogger(logger));
    await resolver.resolve('app://key');
    await expect
      .poll(() => warnings)
      .toEqual(['audit logger failed: events are missing from it until it works again']);
    isDown = false;
    await resolver.resolve('app://key');
    await resolver.close();
    expect(told).toEqual([
      [{ auditDropped: 1 }, 'keyturn audit'],
      [{ audit: expect.objectContaining(event) }, 'keyturn audit'],
    ]);
  });

  it('takes a logger that fails later for one that failed', async () => {
    const later = auditLogger({ info: () => Promise.reject(new Error('canary')) });
    const { resolver, warnings } = resolverOf(later);
    await resolver.resolve('app://key');
    await resolver.close();
    expect(warnings).toEqual(['audit logger failed: events are missing from it until it works again']);
    const required = auditLogger({ info: () => Promise.reject(new Error('canary')) }, { required: true });
    await expect(resolverOf(required).resolver.resolve('app://key')).rejects.toThrow(
      'audit logger has not recorded the access, and nothing is handed out without',
    );
  });

  it('calls a method of its logger, such as that of console', async () => {
    let text = '';
    const stdout = new Writable({
      write(chunk, _encoding, done) {
        text += chunk;
        done();
      },
    });
    const { resolver } = resolverOf(auditLogger(new Console(stdout)));
    await resolver.resolve('app://key');
    await resolver.close();
    expect(text).toContain("name: 'app://key'");
    expect(text).toMatch(/} keyturn audit\n$/);
    expect(text).not.toContain('canary');
  });

  it('that is required refuses when its logger fails', async () => {
    const info = () => {
      throw new Error('canary');
    };
    const { resolver } = resolverOf(auditLogger({ info }, { required: true }));
    await expect(resolver.resolve('app://key')).rejects.toThrow(
      'app://key: Refused: audit logger has not recorded the access',
    );
  });

  it.each<[unknown, unknown, string]>([
    [undefined, {}, 'auditLogger: was given no logger: it has to have info(object, message)'],
    [{ info: 1 }, null, 'auditLogger: was given no logger: it has to have info(object, message)'],
    [console, null, 'auditLogger: was given options that are no object: write { required: true }'],
    [console, { require: true }, 'auditLogger.require: unknown key (did you mean "required"?)'],
    [console, { required: 1 }, 'auditLogger.required: is neither true nor false'],
  ])('of %s with %o', (logger, options, message) => {
    expect(() => auditLogger(logger as never, options as never)).toThrow(message);
    expect(() => auditLogger(logger as never, options as never)).toThrow(ConfigError);
  });
});

describe('auditStdout', () => {
  const source = new URL('../src/index.ts', import.meta.url).href;
  const script = (work: string) => `
    import { auditStdout, createResolver, memory } from ${JSON.stringify(source)};
    const audit = { sinks: [auditStdout(WORD)] };
    const providers = { app: memory({ key: 'canary' }) };
    const resolver = createResolver({ providers, audit });
    ${work}`;
  const args = (work: string, options = '') => [
    '--input-type=module',
    '-e',
    script(work).replace('WORD', options),
  ];

  it('prints a line of JSON for each event, before the process ends by itself', () => {
    const work = "await resolver.resolve({ A: 'app://key', B: 'app://none' }).catch(() => {});";
    const { stdout, stderr } = spawnSync(process.execPath, args(work), {
      encoding: 'utf8',
      timeout: 120_000,
    });
    expect(stderr).toBe('');
    const lines = stdout.trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line))).toMatchObject([
      { audit: { name: 'A', outcome: 'ok' } },
      { audit: { name: 'B', outcome: 'NotFound' } },
    ]);
    expect(stdout).not.toContain('canary');
  });

  it('lets the process live when nobody reads any more, and refuses where it is required', async () => {
    const work = `
      for (let left = 100; left > 0; left--) {
        const code = await resolver.resolve('app://key').then(() => '', (error) => error.failures[0].code);
        if (code) { console.error(code); break; }
      }`;
    const child = spawn(process.execPath, args(work, '{ required: true }'));
    child.stdout.destroy();
    let stderr = '';
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
      stderr += chunk;
    });
    const [code] = await once(child, 'close');
    expect(code).toBe(0);
    expect(stderr).toContain('KeyturnWarning: audit: audit stdout failed: events are missing from it');
    expect(stderr).toMatch(/^Refused$/m);
  });

  it('refuses options that are wrong', () => {
    expect(() => auditStdout({ required: 'yes' } as never)).toThrow(
      new ConfigError([{ place: 'auditStdout.required', message: 'is neither true nor false' }]),
    );
  });
});

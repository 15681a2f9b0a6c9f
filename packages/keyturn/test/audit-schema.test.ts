import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  type AuditEvent,
  type AuditProcess,
  as,
  createResolver,
  defineConfig,
  type ErrorCode,
  load,
  memory,
} from '../src/index.ts';

/** As much of JSON Schema as ours uses. */
interface Schema {
  readonly type?: 'object' | 'string' | 'number' | 'integer';
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly pattern?: string;
  readonly minimum?: number;
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
}

const schema: Schema = JSON.parse(
  readFileSync(new URL('../audit-event.schema.json', import.meta.url), 'utf8'),
);

/** What is wrong with a value; a property that the schema has not is wrong too, as we may not add one unnamed. */
function problems(value: unknown, rule: Schema, place = 'event'): string[] {
  if (rule.const !== undefined && value !== rule.const) return [`${place} is not ${rule.const}`];
  if (rule.enum && !rule.enum.includes(value)) return [`${place} is none of ${rule.enum.join()}`];
  if (rule.type === 'string' && (typeof value !== 'string' || !new RegExp(rule.pattern ?? '').test(value))) {
    return [`${place} is no such string`];
  }
  if (rule.type === 'integer' && !Number.isInteger(value)) return [`${place} is no integer`];
  if (rule.type === 'number' && !(typeof value === 'number' && value >= (rule.minimum ?? value))) {
    return [`${place} is no such number`];
  }
  if (rule.type !== 'object') return [];
  if (typeof value !== 'object' || value === null) return [`${place} is no object`];
  const missing = (rule.required ?? []).filter((key) => !(key in value));
  return [
    ...missing.map((key) => `${place} has no ${key}`),
    ...Object.entries(value).flatMap(([key, inner]) => {
      const property = rule.properties?.[key];
      return property ? problems(inner, property, `${place}.${key}`) : [`${place}.${key} is unknown`];
    }),
  ];
}

/** All names of a type: one that is missing, or too many, is an error of the type check. */
const names = <T>(all: Readonly<Record<keyof T, true>>): string[] => Object.keys(all).sort();
const EVENT = names<AuditEvent>({
  schema: true,
  id: true,
  time: true,
  action: true,
  name: true,
  reference: true,
  provider: true,
  kind: true,
  version: true,
  source: true,
  outcome: true,
  durationMs: true,
  environment: true,
  process: true,
  actor: true,
  reason: true,
  traceId: true,
  spanId: true,
  fingerprint: true,
});
const PROCESS = names<AuditProcess>({
  pid: true,
  host: true,
  user: true,
  command: true,
  app: true,
  appVersion: true,
  container: true,
  pod: true,
  namespace: true,
  lambda: true,
  lambdaInstance: true,
});
const OUTCOMES: Readonly<Record<ErrorCode | 'ok', true>> = {
  ok: true,
  NotFound: true,
  AccessDenied: true,
  Unauthenticated: true,
  Throttled: true,
  Unavailable: true,
  InvalidReference: true,
  InvalidValue: true,
  Disabled: true,
  Misconfigured: true,
  Refused: true,
  Unknown: true,
};

describe('the schema of the audit event', () => {
  it('has the names and the codes of the types', () => {
    expect(Object.keys(schema.properties ?? {}).sort()).toEqual(EVENT);
    expect(Object.keys(schema.properties?.process?.properties ?? {}).sort()).toEqual(PROCESS);
    expect(schema.properties?.outcome?.enum).toEqual(Object.keys(OUTCOMES));
  });

  it('holds for the events of a config, of every kind', async () => {
    const events: AuditEvent[] = [];
    const sink = {
      title: 'test',
      awaited: true,
      write: (more: readonly AuditEvent[]) => void events.push(...more),
    };
    const app = memory({ port: 'canary' });
    app.set('key', 'canary', { version: '3' });
    const config = defineConfig({
      environment: 'production',
      environments: { production: { providers: { app } } },
      audit: {
        sinks: [sink],
        fingerprintKey: () => Buffer.alloc(32, 1),
        reveals: true,
        actor: 'shop',
        app: { name: 'shop', version: '1.2.0' },
      },
      secrets: { KEY: 'app://key', NONE: { ref: 'app://none', optional: true } },
    });
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    const { KEY } = await load(config, { reason: 'boot', traceparent });
    KEY.reveal();
    const resolver = createResolver({ providers: { app }, audit: { sinks: [sink] } });
    await resolver.resolveSettled({ PORT: { ref: 'app://port', as: as.port() }, GONE: 'app://gone' });
    await resolver.resolveSettled({ WRONG: 'canary' });
    await expect.poll(() => events.length).toBe(6);
    expect(events.flatMap((event) => problems(event, schema))).toEqual([]);
    const seen = new Set(events.flatMap((event) => Object.keys(event)));
    expect([...seen].sort()).toEqual(EVENT);
    expect(events.map(({ action, outcome }) => `${action} ${outcome}`)).toEqual([
      'resolve ok',
      'resolve ok',
      'reveal ok',
      'resolve InvalidValue',
      'resolve NotFound',
      'resolve InvalidReference',
    ]);
    expect(JSON.stringify(events)).not.toContain('canary');
  });

  it('does not hold for what is none', () => {
    const wrong = { schema: 2, id: 'x', outcome: 'fine', durationMs: -1, value: 'x', process: { pid: 1.5 } };
    expect(problems(wrong, schema)).toEqual([
      ...['time', 'action', 'name', 'reference'].map((key) => `event has no ${key}`),
      'event.schema is not 1',
      'event.id is no such string',
      expect.stringContaining('event.outcome is none of ok,'),
      'event.durationMs is no such number',
      'event.value is unknown',
      'event.process has no host',
      'event.process has no command',
      'event.process.pid is no integer',
    ]);
  });
});

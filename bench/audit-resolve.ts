// What being on the record costs a cached resolve: with each sink beside the same resolve without an audit.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type AuditFileOptions, type AuditSink, auditFile, createResolver, memory } from 'keyturn';
import { figure, type Run, timeRuns } from './measure.ts';

const AT_ONCE = 100;
const folder = mkdtempSync(join(tmpdir(), 'keyturn-bench-'));
const NONE = 'without an audit';

const file = (name: string, options: Partial<AuditFileOptions> = {}) =>
  auditFile({ path: join(folder, name), fsync: 'never', ...options });
const ignores: AuditSink = { title: 'ignores', awaited: true, write() {} };
const key = () => Buffer.alloc(32, 7);
const audits: Readonly<Record<string, Parameters<typeof createResolver>[0]['audit']>> = {
  [NONE]: false,
  'an awaited sink that does nothing': { sinks: [ignores] },
  'the same, with fingerprints': { sinks: [ignores], fingerprintKey: key },
  'the audit file': { sinks: [file('plain')] },
  'the audit file, synced at an interval': { sinks: [file('interval', { fsync: 'interval' })] },
  'the audit file, signed': { sinks: [file('signed', { signingKey: key })] },
};

const resolvers = await Promise.all(
  Object.entries(audits).map(async ([name, audit]) => {
    const resolver = createResolver({ providers: { app: memory({ key: 'value' }) }, audit });
    await resolver.resolve('app://key');
    return [name, resolver] as const;
  }),
);
type Of = (resolver: (typeof resolvers)[number][1]) => Run;
const ways: readonly (readonly [what: string, of: Of, resolves: number])[] = [
  ['one after the other', (resolver) => () => resolver.resolve('app://key'), 1],
  [
    `${AT_ONCE} at once`,
    (resolver) => () => Promise.all(Array.from({ length: AT_ONCE }, () => resolver.resolve('app://key'))),
    AT_ONCE,
  ],
];
for (const [what, of, resolves] of ways) {
  const nanos = await timeRuns(Object.fromEntries(resolvers.map(([name, resolver]) => [name, of(resolver)])));
  const none = nanos.get(NONE) ?? Number.NaN;
  for (const [name, time] of nanos) {
    const ratio = `${(time / none).toFixed(1)} x`;
    figure(`${what}: ${name}`, `${(time / resolves / 1_000).toFixed(2)} us`);
    if (name !== NONE) figure('  as often as without', ratio);
  }
}
await Promise.all(resolvers.map(([, resolver]) => resolver.close()));
rmSync(folder, { recursive: true });

// One process of bench/audit.ts: `node audit-process.ts write <folder> <fsync> <events> <at once>` prints the milliseconds
// that it took, `node audit-process.ts verify <folder>` those and the peak of its memory in bytes.
import { auditFile, verifyAudit } from 'keyturn';

const [task, path = '', fsync = '', events = '', atOnce = ''] = process.argv.slice(2);

function event(index: number) {
  return {
    schema: 1,
    id: '0b9f2f6e-6f53-4c55-9d3c-2f2a4c1f7a10',
    time: new Date().toISOString(),
    action: 'resolve',
    name: `SECRET_${index % 100}`,
    reference: `app://service/secret-${index % 100}#field`,
    provider: 'app',
    kind: 'aws-secrets-manager',
    version: 'f4b9a1c2-5b7e-4d5f-8a49-8f6f5d0c1b2a',
    source: 'cache',
    outcome: 'ok',
    durationMs: 0.01,
    environment: 'production',
    process: { pid: process.pid, host: 'host', user: 'app', command: 'node server.js', app: 'shop' },
  } as const;
}

const begun = performance.now();
if (task === 'write') {
  const sink = auditFile({ path, fsync: fsync === 'always' || fsync === 'never' ? fsync : 'interval' });
  for (let written = 0; written < Number(events); written += Number(atOnce)) {
    await Promise.all(
      Array.from({ length: Number(atOnce) }, (_, index) => sink.write([event(written + index)], 0)),
    );
  }
  await sink.close?.();
} else {
  const { ok } = await verifyAudit({ paths: [path] });
  if (!ok) throw new Error('the audit is broken');
}
const ms = performance.now() - begun;
console.log(JSON.stringify({ ms, peakBytes: process.resourceUsage().maxRSS * 1024 }));

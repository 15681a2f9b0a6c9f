import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { as, createResolver, firstOf, type Manifest, memory, type ResolveOptions } from '../src/index.ts';
import { auditBox } from './support/audit-box.ts';

/** Entries of every end that there is. */
const entry = fc.constantFrom<Manifest[string]>(
  'app://text',
  'app://json#a',
  'app://json#b',
  'app://none',
  'app://disabled',
  'app://empty',
  'local://text',
  'both://late',
  { ref: 'app://text', as: as.integer() },
  { ref: 'app://text', cache: false },
  { ref: 'app://none', optional: true },
  { ref: 'app://none', default: 'canary' },
  { ref: 'app://none', default: 'shown', sensitive: false },
  { ref: 'app://old', rotation: { maxAge: '1d', onOverdue: 'refuse' } },
  { ref: 'app://text', requireReason: true },
);
const wrong = fc.constantFrom<Manifest[string]>('nobody://x', 'canary-7', 'app://x?version=1');
const options = fc.constantFrom<ResolveOptions>({}, { fresh: true }, { reason: 'why', actor: 'who' });
const names = fc.constantFrom('A', 'B', 'C', 'D', 'E', 'F');
const manifest = (entries: fc.Arbitrary<Manifest[string]>) => fc.dictionary(names, entries, { minKeys: 1 });

function audited() {
  const app = memory({ text: 'canary-1', json: '{"a":"canary-2","b":"canary-3"}', empty: '' });
  app.set('old', 'canary-4', { createdAt: new Date(0) });
  app.fail('disabled', 'Disabled');
  const box = auditBox();
  const resolver = createResolver({
    providers: {
      app,
      local: { ...memory({ text: 'canary-5' }), local: true },
      both: firstOf(memory(), memory({ late: 'canary-6' })),
    },
    retry: false,
    onWarning: () => {},
    audit: { sinks: [box], fingerprintKey: () => new Uint8Array(32), reveals: true },
  });
  return { box, resolver };
}

describe('whatever is asked, in whatever order', () => {
  it('each name that came to something has one event, which says what it came to, and no value', async () => {
    const asked = fc.tuple(fc.oneof({ weight: 5, arbitrary: manifest(entry) }, manifest(wrong)), options);
    const run = async (calls: readonly [Manifest, ResolveOptions][]) => {
      const { box, resolver } = audited();
      for (const [wanted, given] of calls) {
        const { values, failures } = await resolver.resolveSettled(wanted, given);
        const came = [
          ...Object.entries(values).map(([name, { source, version }]) => ({
            name,
            source,
            version,
            outcome: 'ok',
          })),
          ...failures.map(({ name, code }) => ({
            name,
            source: undefined,
            version: undefined,
            outcome: code,
          })),
        ];
        const events = box.events.splice(0);
        expect(JSON.stringify(events)).not.toContain('canary-');
        const told = events.map(({ name, source, version, outcome }) => ({ name, source, version, outcome }));
        const byName = (a: { name: string }, b: { name: string }) => a.name.localeCompare(b.name);
        expect(told.sort(byName)).toEqual(came.sort(byName));
      }
    };
    await fc.assert(fc.asyncProperty(fc.array(asked, { minLength: 1, maxLength: 4 }), run), { numRuns: 300 });
  });
});

import {
  createResolver,
  type MemoryProvider,
  memory,
  type Resolver,
  type ResolverOptions,
} from '../../src/index.ts';
import { type AuditBox, auditBox } from './audit-box.ts';

export interface Audited {
  readonly app: MemoryProvider;
  readonly box: AuditBox;
  readonly resolver: Resolver;
}

/** A resolver that retries nothing, with a sink that has all it hears. */
export function audited(options: Partial<ResolverOptions> = {}): Audited {
  const app = memory({ y: 'canary-y' });
  app.set('x', 'canary-x', { version: '7' });
  const box = auditBox();
  const audit = { sinks: [box] };
  const resolver = createResolver({
    providers: { app },
    retry: false,
    onWarning: () => {},
    audit,
    ...options,
  });
  return { app, box, resolver };
}

/** What events of it say when the clocks stand still. */
export const common = { action: 'resolve', provider: 'app', kind: 'memory', durationMs: 0 };
export const ok = { ...common, outcome: 'ok' };
export const X = { ...ok, name: 'X', reference: 'app://x', version: '7' };
export const Y = { ...ok, name: 'Y', reference: 'app://y' };
export const BARE = { ...X, name: 'app://x' };

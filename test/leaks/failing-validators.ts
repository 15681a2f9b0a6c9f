import { type } from 'arktype';
import { as, type Manifest, memory } from 'keyturn';
import * as v from 'valibot';
import { z } from 'zod';
import { canary } from './search.ts';

/** Secrets that validators refuse, with messages that quote the value. */
export function failingValidators() {
  const store = memory({
    text: canary('text'),
    fields: { user: canary('user'), password: canary('password') },
  });
  const secrets: Manifest = {
    ZOD: { ref: 'store://text', as: z.string().refine(() => false, { error: ({ input }) => `no ${input}` }) },
    ZOD_JSON: { ref: 'store://fields', as: as.json(z.strictObject({ user: z.literal('admin') })) },
    ZOD_ASYNC: {
      ref: 'store://text',
      as: z.string().refine(async () => false, { error: (issue) => `no ${issue.input}` }),
    },
    VALIBOT: {
      ref: 'store://text',
      as: v.pipe(
        v.string(),
        v.email(({ received }) => `no ${received}`),
      ),
    },
    ARKTYPE: { ref: 'store://text', as: type('string.email') },
    ARKTYPE_JSON: { ref: 'store://fields', as: as.json(type({ user: "'admin'", '+': 'reject' })) },
  };
  return { providers: { store }, secrets };
}

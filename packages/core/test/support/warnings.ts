import { createResolver, type Resolver, type ResolverOptions } from '../../src/index.ts';

/** A resolver that retries nothing, and what it warned of. */
export function warned(
  providers: ResolverOptions['providers'],
  options: Omit<ResolverOptions, 'providers'> = {},
): { readonly resolver: Resolver; readonly warnings: string[] } {
  const warnings: string[] = [];
  const resolver = createResolver({
    providers,
    retry: false,
    onWarning: ({ kind, message }) => warnings.push(`${kind}: ${message}`),
    ...options,
  });
  return { resolver, warnings };
}

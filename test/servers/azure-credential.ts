/** A credential that gives a new token at each login: `canary-token-1`, `canary-token-2`, … */
export interface TestCredential {
  getToken(
    scopes: string | string[],
    options?: { readonly claims?: string; readonly tenantId?: string },
  ): Promise<{ readonly token: string; readonly expiresOnTimestamp: number }>;
  /** Scopes, tenant and claims of every login so far. */
  readonly logins: readonly (string | undefined)[][];
}

export interface TestCredentialOptions {
  /** How long each token lasts, in milliseconds. @default an hour */
  readonly life?: number;
  /** Takes the place of a login, by its number from 1 on: rejects, or waits. */
  readonly before?: (login: number) => Promise<void>;
}

export function createCredential({ life = 3_600_000, before }: TestCredentialOptions = {}): TestCredential {
  const logins: (string | undefined)[][] = [];
  return {
    logins,
    async getToken(scopes, { claims, tenantId } = {}) {
      const count = logins.push([String(scopes), tenantId, claims]);
      await before?.(count);
      return { token: `canary-token-${count}`, expiresOnTimestamp: Date.now() + life };
    },
  };
}

import type { ParameterMetadata } from '@aws-sdk/client-ssm';

const UNITS: Readonly<Record<string, number>> = { Days: 86_400_000, Hours: 3_600_000 };

/** What the policies of an advanced parameter say about its value's life. */
export interface Life {
  readonly expiresAt?: Date;
  readonly rotatesAt?: Date;
}

/**
 * `Expiration` deletes the parameter at its moment. `NoChangeNotification` tells whoever listens that the value
 * should have been changed by then, which is the nearest to a planned rotation that this store has.
 *
 * https://docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-policies.html
 */
export function lifeOf({ Policies = [], LastModifiedDate }: ParameterMetadata): Life {
  let expiresAt: Date | undefined;
  let rotatesAt: Date | undefined;
  for (const { PolicyText } of Policies) {
    const { Type, Attributes = {} } = parsePolicy(PolicyText);
    if (Type === 'Expiration') expiresAt = dateOf(Date.parse(Attributes.Timestamp ?? ''));
    if (Type === 'NoChangeNotification' && LastModifiedDate !== undefined) {
      const { After, Unit = '' } = Attributes;
      rotatesAt = dateOf(LastModifiedDate.getTime() + Number(After) * (UNITS[Unit] ?? Number.NaN));
    }
  }
  return { ...(expiresAt && { expiresAt }), ...(rotatesAt && { rotatesAt }) };
}

interface Policy {
  readonly Type?: string;
  readonly Attributes?: { readonly Timestamp?: string; readonly After?: string; readonly Unit?: string };
}

function parsePolicy(text: string | undefined): Policy {
  try {
    return JSON.parse(text ?? '{}') ?? {};
  } catch {
    return {};
  }
}

function dateOf(milliseconds: number): Date | undefined {
  return Number.isNaN(milliseconds) ? undefined : new Date(milliseconds);
}

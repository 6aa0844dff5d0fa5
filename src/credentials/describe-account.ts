import type { CredentialedIntegration } from './account-config.ts';
import { type Account, describeOrigin } from './accounts.ts';

/** The state of an account. */
export interface AccountState {
  readonly name: string;
  readonly configured: boolean;
  readonly missing: readonly string[];
  readonly fields: readonly FieldState[];
}

export interface FieldState {
  readonly key: string;
  readonly label: string;
  readonly type: 'text' | 'secret';
  readonly required: boolean;
  readonly configured: boolean;
  readonly description: string;
  /** Where the value comes from, or should. */
  readonly origin: string | null;
}

/** Describes an account without its values. */
export function describeAccount({ credentials }: CredentialedIntegration, { name, missing, origins, isSet }: Account): AccountState {
  return {
    name,
    configured: missing.length === 0,
    missing,
    fields: credentials.map((field) => {
      const origin = origins[field.name];
      return {
        key: field.name,
        label: field.label,
        type: field.secret ? 'secret' : 'text',
        required: field.required,
        configured: isSet(field.name),
        description: field.description,
        origin: origin === undefined ? null : describeOrigin(origin),
      };
    }),
  };
}

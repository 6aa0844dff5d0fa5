import { type JsonSchema, type ObjectSchema, type Operation, searchFunctions } from '../catalog/index.ts';
import type { AvailableIntegration } from './namespace.ts';

/** What programs are told of a function. */
export interface FunctionReport {
  /** `agora.query_recording` */
  readonly name: string;
  readonly provider: string;
  readonly function: string;
  readonly slug: string;
  readonly description: string;
  readonly operation: Operation;
  /** Whether some account can call it. */
  readonly active: boolean;
  readonly accounts: readonly string[];
  readonly auth_strategy: string;
  readonly input_schema: ObjectSchema;
  /** Fields that an answer may have. */
  readonly output_schema: JsonSchema;
}

/** What programs are told of an integration. */
export interface ProviderReport {
  readonly title: string;
  readonly description: string;
  /** Whether calls can be made: some account has all that is required and nobody switched it off, or calls go to an emulator. */
  readonly active: boolean;
  /** The same of the account `default`. */
  readonly configured: boolean;
  /** `default` first. */
  readonly accounts: readonly { readonly name: string; readonly missing: readonly string[] }[];
  readonly auth_strategy: string;
  readonly functions: readonly FunctionReport[];
}

/** The integrations of a host by id, with the state of their accounts; no credentials. */
export function describeProviders(
  integrations: readonly AvailableIntegration[],
  emulate: boolean,
): Readonly<Record<string, ProviderReport>> {
  return Object.fromEntries(integrations.map((integration) => [integration.entry.id, describeProvider(integration, emulate)]));
}

function describeProvider({ entry, accounts, disabled }: AvailableIntegration, emulate: boolean): ProviderReport {
  const { id, title, description, authStrategy: auth_strategy, tools } = entry;
  const active = emulate || (disabled === undefined && accounts.some(({ missing }) => missing.length === 0));
  return {
    title,
    description,
    active,
    configured: accounts.some(({ name, missing }) => name === 'default' && missing.length === 0),
    accounts: accounts.map(({ name, missing }) => ({ name, missing })),
    auth_strategy,
    functions: tools.map(({ name, slug, description: text, operation, input, output }) => ({
      name: `${id}.${name}`,
      provider: id,
      function: name,
      slug,
      description: text,
      operation,
      active,
      accounts: accounts.map((account) => account.name),
      auth_strategy,
      input_schema: input,
      output_schema: output,
    })),
  };
}

/** The functions that match a query, best first, at most 20; none for a blank one. */
export function findFunctions(providers: Readonly<Record<string, ProviderReport>>, query: string): readonly FunctionReport[] {
  const functions = Object.values(providers).flatMap((provider) => provider.functions);
  const searchable = functions.map((report) => ({
    report,
    fullName: report.name,
    title: report.function.replaceAll('_', ' '),
    description: report.description,
  }));
  return searchFunctions(query, searchable).map(({ report }) => report);
}

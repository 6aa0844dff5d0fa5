import { COMPATIBILITY, type Operation, searchFunctions } from '../integration/index.ts';
import type { JsonSchema, ObjectSchema } from '../schema/index.ts';
import type { AvailableIntegration } from './integrations.ts';

/** The part of a report that a function and its integration share. */
interface State {
  /** Whether calls can be made: some account has all that is required, and the integration is not disabled; or calls go to an emulator. */
  readonly active: boolean;
  /** Whether the account `default` has all that is required. */
  readonly configured: boolean;
  /** `default` first. */
  readonly accounts: readonly string[];
  readonly auth_strategy: string;
  readonly cli_setup_supported: true;
  readonly cli_runtime_supported: true;
  readonly compatibility_summary: string;
}

/** A function, described for programs. */
export interface FunctionReport extends State {
  /** `agora.query_recording` */
  readonly name: string;
  readonly provider: string;
  /** `query_recording` */
  readonly function: string;
  readonly slug: string;
  /** `Query Recording` */
  readonly title: string;
  readonly description: string;
  readonly operation: Operation;
  readonly input_schema: ObjectSchema;
  /** Fields that an answer may have. */
  readonly output_schema: JsonSchema;
}

/** An integration, described for programs. */
export interface ProviderReport extends State {
  readonly title: string;
  readonly description: string;
  /** What each account lacks. */
  readonly missing_credentials: Readonly<Record<string, readonly string[]>>;
  readonly functions: readonly FunctionReport[];
}

/** The integrations of a host by id, with the state of their accounts; no credentials. */
export function describeProviders(integrations: readonly AvailableIntegration[]): Readonly<Record<string, ProviderReport>> {
  return Object.fromEntries(integrations.map((integration) => [integration.id, describeProvider(integration)]));
}

function describeProvider({ entry, accounts, disabled }: AvailableIntegration): ProviderReport {
  const { id, title, description, authStrategy: auth_strategy, tools } = entry;
  const state: State = {
    active: disabled === undefined && accounts.some(({ missing }) => missing.length === 0),
    configured: accounts.some(({ name, missing }) => name === 'default' && missing.length === 0),
    accounts: accounts.map(({ name }) => name),
    auth_strategy,
    ...COMPATIBILITY,
  };
  return {
    title,
    description,
    ...state,
    missing_credentials: Object.fromEntries(accounts.map(({ name, missing }) => [name, missing])),
    functions: tools.map(({ name, slug, description: text, operation, input, output }) => ({
      name: `${id}.${name}`,
      provider: id,
      function: name,
      slug,
      title: name.replaceAll(/(?:^|_)(.)/g, (_, letter: string) => ` ${letter.toUpperCase()}`).trim(),
      description: text,
      operation,
      ...state,
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
    title: report.title,
    description: report.description,
    slug: report.slug,
  }));
  return searchFunctions(query, searchable).map(({ report }) => report);
}

import type { Account, IntegrationAccounts } from '../../credentials/index.ts';
import type { ManifestEntry, Provider, ToolDescription } from '../../integration/index.ts';

/** A function as a script reached it: the tool, through the account of the namespace. */
export interface Target {
  readonly provider: Provider;
  readonly entry: ManifestEntry;
  readonly tool: ToolDescription;
  readonly account: Account;
  /** All accounts of the integration, to name those that could be meant. @default not known */
  readonly accounts?: readonly Account[];
  /** Where the integration was switched off. */
  readonly disabled?: IntegrationAccounts['disabled'];
  /** As the caller reached it: `app.integrations.agora.production.query_recording` in a script. */
  readonly path: string;
  /** The composed tool that makes the call. */
  readonly via?: string;
}

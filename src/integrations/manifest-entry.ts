import type { CompiledValidator, Integration, IntegrationCommand, Tool } from '../catalog/index.ts';

/** A tool without its code. */
export type ToolDescription = Omit<Tool<unknown>, 'run' | 'check'>;

/** What is known of an integration without loading its code: enough to list, document and check calls. */
export interface ManifestEntry extends Pick<Integration, 'id' | 'title' | 'description' | 'authStrategy' | 'credentials'> {
  readonly tools: readonly ToolDescription[];
  readonly commands: readonly Omit<IntegrationCommand, 'run'>[];
  readonly load: () => Promise<Integration>;
  /** Compiled validators of the tools' inputs by slug. */
  readonly loadValidators: () => Promise<Readonly<Record<string, CompiledValidator>>>;
}

import type { CompiledValidator } from '../schema/index.ts';
import type { Integration, IntegrationCommand, ToolDescription } from './define.ts';

/** The facts of an integration without its code: enough to list, document and check calls. */
export interface ManifestEntry
  extends Pick<
    Integration,
    'id' | 'title' | 'description' | 'authStrategy' | 'page' | 'helpExamples' | 'credentials' | 'probe' | 'subject' | 'stopTimeoutMs'
  > {
  readonly tools: readonly ToolDescription[];
  /** Whether `startEmulator` exists. @default false */
  readonly hasEmulator?: boolean;
  readonly commands: readonly Omit<IntegrationCommand, 'run'>[];
  readonly load: () => Promise<Integration>;
  /** Loads the compiled validators of inputs by slug: at least that of the given tool. */
  readonly loadValidators: (slug: string) => Promise<Readonly<Record<string, CompiledValidator>>>;
}

/** An integration of kosmo. */
export interface IntegrationEntry extends ManifestEntry {
  /** The names of the commands, without reading the description. */
  readonly commandNames: readonly string[];
}

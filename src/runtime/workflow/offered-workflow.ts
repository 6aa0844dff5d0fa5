import type { WorkflowApproval } from './approval.ts';
import type { WorkflowDeclaration } from './declaration.ts';
import type { ModuleReader } from './modules.ts';

/** A workflow that a gateway can offer. Its text was read once: the text that is listed is the text that runs. */
export interface OfferedWorkflow {
  readonly name: string;
  /** How messages call it. */
  readonly chunk: string;
  readonly code: Uint8Array;
  readonly declaration: WorkflowDeclaration;
  /** The modules for one run, and the approval of the user. */
  readonly open: () => Promise<{ readonly modules: ModuleReader; readonly approval?: WorkflowApproval | undefined }>;
}

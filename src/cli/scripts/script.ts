import type { ModuleReader } from '../../runtime/index.ts';

/** A script, and where its modules are. */
export interface Script {
  readonly code: string | Uint8Array;
  /** How messages call it. */
  readonly chunk: string;
  /** The file that it is from; without one it has no stored approval. */
  readonly file?: string;
  readonly modules: ModuleReader;
}

/** Where the script is. */
export interface ScriptPosition {
  /** Name of the chunk as messages show it: `eval`, `stdin`, a file's path. */
  readonly chunk: string;
  readonly line: number;
}

/** Finds the position of the script, for an error. */
export type Locate = () => ScriptPosition | undefined;

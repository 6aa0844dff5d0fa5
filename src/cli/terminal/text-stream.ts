/** Where text goes: what capabilities ask of standard output and standard error. */
export interface TextStream {
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
}

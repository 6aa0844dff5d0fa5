interface SourceMap {
  readonly version: number;
  readonly sources: readonly string[];
  readonly names: readonly string[];
  readonly mappings: string;
}

interface MappedCode {
  readonly code: string;
  readonly map: SourceMap;
}

export function replaceInCode(mapped: MappedCode, pattern: RegExp, replacement: string): MappedCode;

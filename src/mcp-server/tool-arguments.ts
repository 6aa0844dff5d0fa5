import { KosmoError } from '../errors/index.ts';
import type { JsonValue } from '../json/index.ts';
import type { Results, ToolResult } from './tool-results.ts';

/** Whether an argument is a text with content. */
export function isText(value: JsonValue | undefined): value is string {
  return typeof value === 'string' && value.trim() !== '';
}

/** The result for an argument of the wrong kind. */
export function wrongArgument(results: Results, name: string, wanted: string): ToolResult {
  return results.failure(new KosmoError('INVALID_ARGUMENTS', `${name} must be ${wanted}. Nothing was run.`).toJSON());
}

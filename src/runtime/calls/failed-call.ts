import type { KosmoError } from '../../errors/index.ts';
import type { CallReport } from './direct-call.ts';

/** The envelope of a direct call that was never made. */
export function failedCall(error: KosmoError, name: unknown = error.details.function_name): CallReport {
  return {
    function: typeof name === 'string' ? name : null,
    success: false,
    data: null,
    error: error.message,
    error_detail: error.toJSON(),
    meta: {
      operation: null,
      account: null,
      permission_bypassed: false,
      emulator: false,
      warnings: [],
      dry_run: false,
      request: null,
      policy: null,
    },
    duration_ms: 0,
  };
}

import { KosmoError } from '../errors/index.ts';
import type { PolicyLayer } from './policy/decide.ts';

/** Whether calls are written to the audit log: `audit_log: true` in any file. A file of a project can switch it on, and not off. */
export function isAudited(layers: readonly PolicyLayer[]): boolean {
  return layers.some(({ values }) => values.audit_log === true);
}

/** Refuses a switch that is none, which could be meant as on. Throws `INVALID_CONFIGURATION`. */
export function checkAuditSwitch(layers: readonly PolicyLayer[]): void {
  for (const { file, values, lineOf } of layers) {
    const { audit_log: value = false } = values;
    if (typeof value === 'boolean') continue;
    const line = lineOf?.(['audit_log']);
    throw new KosmoError(
      'INVALID_CONFIGURATION',
      `${file}${line === undefined ? '' : `:${line}`}: kosmo.audit_log must be true or false, not ${JSON.stringify(value).slice(0, 40)}. Nothing was sent.`,
      { hint: `edit ${file}`, details: { file, keys: ['kosmo.audit_log'] } },
    );
  }
}

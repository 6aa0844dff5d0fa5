import { KosmoError } from '../errors/index.ts';
import type { PolicyLayer } from './decide.ts';

/** Whether calls are written to the audit log: `audit_log: true` in any file. A file of a project can switch it on, and not off. */
export function isAudited(layers: readonly PolicyLayer[]): boolean {
  return layers.some(({ values }) => values.audit_log === true);
}

/** What forbids all calls: a switch that is none, which could be meant as on. */
export function validateAuditSetting(layers: readonly PolicyLayer[]): readonly KosmoError[] {
  return layers.flatMap(({ file, values, lineOf }) => {
    const { audit_log: value = false } = values;
    if (typeof value === 'boolean') return [];
    const line = lineOf?.(['audit_log']);
    return [
      new KosmoError(
        'INVALID_CONFIGURATION',
        `${file}${line === undefined ? '' : `:${line}`}: kosmo.audit_log must be true or false, not ${JSON.stringify(value).slice(0, 40)}. Nothing was sent.`,
        { hint: `edit ${file}`, details: { file, keys: ['kosmo.audit_log'] } },
      ),
    ];
  });
}

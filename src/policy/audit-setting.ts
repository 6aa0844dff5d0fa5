import { KosmoError } from '../errors/index.ts';
import type { PolicyLayer } from './decide.ts';

/** Whether calls are written to the audit log: `audit_log: true` in any file. A project's file can turn it on, but not off. */
export function isAudited(layers: readonly PolicyLayer[]): boolean {
  return layers.some(({ values }) => values.audit_log === true);
}

/** Errors for an `audit_log` that is not a boolean. They block every call, because the user may have meant `true`. */
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

import type { Mode } from '../schema.ts';
import type { Request, Rule } from '../validate.ts';
import { IDENTITY_RULES } from './identity.ts';
import { layoutRules } from './layout.ts';
import { RECORDING_RULES, uidLists } from './recording.ts';
import { STORAGE_RULES } from './storage.ts';
import { pushUpdate, WEB_RULES } from './web-page.ts';

const RECORDING_REQUEST_RULES: readonly Rule[] = [...STORAGE_RULES, ...RECORDING_RULES, ...WEB_RULES];

export const START_RULES: readonly Rule[] = [...IDENTITY_RULES, ...RECORDING_REQUEST_RULES];

/** The start that an acquire announces is checked like the start. */
export const ACQUIRE_RULES: readonly Rule[] = [...IDENTITY_RULES, ...RECORDING_REQUEST_RULES.map(ofStartParameter)];

export const UPDATE_RULES: readonly Rule[] = [...IDENTITY_RULES, uidLists('streamSubscribe'), ...STORAGE_RULES, pushUpdate];

export const LAYOUT_RULES: readonly Rule[] = [...IDENTITY_RULES, ...layoutRules()];

export const STOP_RULES: readonly Rule[] = IDENTITY_RULES;

/** The modes by the `scene` of the acquire; 0 leaves two. */
const MODES: Readonly<Record<string, Mode>> = { 1: 'web', 2: 'individual' };

function ofStartParameter(rule: Rule): Rule {
  return (request, report) => {
    const announced: Request = {
      args: request.args,
      get mode() {
        return MODES[String(request.at('scene')?.value)];
      },
      at: (...path) => request.at('startParameter', ...path),
      pathOf: (...path) => request.pathOf('startParameter', ...path),
    };
    if (request.at('startParameter') !== undefined) rule(announced, report);
  };
}

import type { KosmoError } from '../errors/index.ts';
import { suggest } from '../schema/index.ts';
import { validateAuditSetting } from './audit-setting.ts';
import { type CallSubject, type Decision, decide, isObject, type PolicyLayer, valueAt } from './decide.ts';
import { type PolicyIntegration, validateRules } from './validate-rules.ts';

/** The rules of a user in a project. */
export interface Policy {
  /** Throws `INVALID_CONFIGURATION` while some rule cannot be what was meant. */
  readonly decide: (subject: CallSubject) => Decision;
  /** Each `INVALID_CONFIGURATION` that keeps calls from being decided about. */
  readonly problems: (source: CallSubject['source']) => readonly KosmoError[];
  /** Sentences about rules for accounts that look like misspelt ones. */
  readonly warnings: (integration: string) => readonly string[];
}

/** The policy that some settings files make. Reading their rules waits for the first call. */
export function createPolicy(layers: readonly PolicyLayer[], integrations: readonly PolicyIntegration[]): Policy {
  const checked = new Set<CallSubject['source']>();
  const decided = new Map<string, { readonly subject: CallSubject; readonly decision: Decision }[]>();
  const problems: Policy['problems'] = (source) => [...validateAuditSetting(layers), ...validateRules(source, layers, integrations)];
  return {
    problems,
    decide(subject) {
      const [wrong] = checked.has(subject.source) ? [] : problems(subject.source);
      if (wrong !== undefined) throw wrong;
      checked.add(subject.source);
      const ofName = decided.get(subject.name) ?? [];
      const known = ofName.find((other) => isSame(other.subject, subject));
      if (known !== undefined) return known.decision;
      const { source, integration, name, alias, operation, account } = subject;
      const decision = decide(layers, subject);
      ofName.push({ subject: { source, integration, name, ...(alias === undefined ? {} : { alias }), operation, account }, decision });
      decided.set(name, ofName);
      return decision;
    },
    warnings(integration) {
      const accounts = integrations.find(({ id }) => id === integration)?.accounts ?? [];
      return layers.flatMap(({ file, values }) => {
        const rules = valueAt(values, ['integrations', integration, 'permissions', 'accounts']);
        // An account that is set up elsewhere is nothing to wonder at; one with nearly the name of one that is here may be meant to be it.
        return Object.keys(isObject(rules) ? rules : {})
          .filter((name) => !accounts.includes(name))
          .flatMap((name) => suggest(name, accounts, 1).map((close) => formatWarning(file, integration, name, close)));
      });
    },
  };
}

function formatWarning(file: string, integration: string, name: string, close: string): string {
  return `${file} has rules for the account '${name}' of ${integration}, which is not set up here; did you mean '${close}'?`;
}

function isSame(one: CallSubject, other: CallSubject): boolean {
  return (
    one.source === other.source &&
    one.integration === other.integration &&
    one.name === other.name &&
    one.alias === other.alias &&
    one.operation === other.operation &&
    one.account === other.account
  );
}

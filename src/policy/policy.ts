import type { KosmoError } from '../errors/index.ts';
import type { Provider, ProviderSection } from '../integration/index.ts';
import { isObject, valueAt } from '../json/index.ts';
import { suggest } from '../schema/index.ts';
import { validateAuditSetting } from './audit-setting.ts';
import { type CallSubject, type Decision, decide, type PolicyLayer } from './decide.ts';
import { type PolicyIntegration, validateRules } from './validate-rules.ts';

/** The rules of a user in a project. */
export interface Policy {
  /** Throws `INVALID_CONFIGURATION` while a rule is invalid. */
  readonly decide: (subject: CallSubject) => Decision;
  /** Each `INVALID_CONFIGURATION` that blocks calls. */
  readonly problems: (section: ProviderSection) => readonly KosmoError[];
  /** Warnings for rules of accounts that are nearly the names of others. */
  readonly warnings: (provider: Provider) => readonly string[];
}

/** Makes the policy of configuration files. Their rules are read at the first call. */
export function createPolicy(layers: readonly PolicyLayer[], integrations: readonly PolicyIntegration[]): Policy {
  const checked = new Set<ProviderSection>();
  const decided = new Map<string, { readonly subject: CallSubject; readonly decision: Decision }[]>();
  const problems: Policy['problems'] = (section) => [...validateAuditSetting(layers), ...validateRules(section, layers, integrations)];
  return {
    problems,
    decide(subject) {
      const [section] = subject.provider.settingsPath;
      const [wrong] = checked.has(section) ? [] : problems(section);
      if (wrong !== undefined) throw wrong;
      checked.add(section);
      const ofName = decided.get(subject.name) ?? [];
      const known = ofName.find((other) => isSame(other.subject, subject));
      if (known !== undefined) return known.decision;
      const { provider, name, alias, operation, account } = subject;
      const decision = decide(layers, subject);
      ofName.push({ subject: { provider, name, ...(alias === undefined ? {} : { alias }), operation, account }, decision });
      decided.set(name, ofName);
      return decision;
    },
    warnings({ id: integration, settingsPath }) {
      const accounts = integrations.find(({ id }) => id === integration)?.accounts ?? [];
      return layers.flatMap(({ file, values }) => {
        const rules = valueAt(values, [...settingsPath, 'permissions', 'accounts']);
        // The account may be set up on another machine. A name close to one of this machine may be a typing error.
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
    one.provider.path === other.provider.path &&
    one.name === other.name &&
    one.alias === other.alias &&
    one.operation === other.operation &&
    one.account === other.account
  );
}

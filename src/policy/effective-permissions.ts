import type { Config } from '../config/index.ts';
import { integrationProvider, type Operation } from '../integration/index.ts';
import { decide, type Permission, type Rule } from './decide.ts';

/** The rules that decide what happens with the operations of an integration for an account; those for single functions aside. */
export function effectiveRules({ layers }: Config, integration: string, account: string | null): Readonly<Record<Operation, Rule>> {
  // No function has the empty name, and so no rule is about it.
  const provider = integrationProvider(integration);
  const rule = (operation: Operation): Rule => decide(layers, { provider, name: '', operation, account }).rule;
  return { read: rule('read'), write: rule('write') };
}

/** What happens with the operations of an integration for an account. */
export function effectivePermissions(config: Config, integration: string, account: string): Readonly<Record<Operation, Permission>> {
  const { read, write } = effectiveRules(config, integration, account);
  return { read: read.level, write: write.level };
}

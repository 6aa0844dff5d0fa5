import type { Config } from '../config/index.ts';
import { integrationProvider, type Operation } from '../integration/index.ts';
import { decide, type Permission, type Rule } from './decide.ts';

/** Returns the rules that decide about reads and writes of an account. Rules of single functions are left out. */
export function effectiveRules({ layers }: Config, integration: string, account: string | null): Readonly<Record<Operation, Rule>> {
  // No function has the empty name, so no rule of a function applies.
  const provider = integrationProvider(integration);
  const rule = (operation: Operation): Rule => decide(layers, { provider, name: '', operation, account }).rule;
  return { read: rule('read'), write: rule('write') };
}

/** Returns the permissions of reads and writes of an account. */
export function effectivePermissions(config: Config, integration: string, account: string): Readonly<Record<Operation, Permission>> {
  const { read, write } = effectiveRules(config, integration, account);
  return { read: read.level, write: write.level };
}

import type { Command } from 'commander';
import { integrationSummaries } from '../../../runtime/index.ts';
import { changeSetting } from '../../../settings/index.ts';
import type { CommandContext } from '../../context.ts';
import { requireSetting } from '../../options/config-setting.ts';
import { addJsonOptions } from '../../options/json.ts';
import { addScope, type JsonOptions, type ScopeOptions, scopeFrom } from '../../options/mcp-scope.ts';
import { printChange } from './set.ts';

const EXAMPLES = `
Examples:
  kosmo config:unset audit_log
  kosmo config:unset mcp.servers.github.permissions.write --project`;

/** `kosmo config:unset`: removes one setting from a configuration file. */
export function addConfigUnsetCommand(program: Command, context: CommandContext): void {
  addScope(addJsonOptions(program.command('config:unset').description('remove a setting from a configuration file')))
    .argument('<key>', 'such as audit_log')
    .addHelpText('after', EXAMPLES)
    .action(async (key: string, options: JsonOptions & ScopeOptions) => {
      const { path } = requireSetting(key, 'config:unset');
      const scope = scopeFrom(options) === 'project' ? 'project' : 'user';
      printChange(await changeSetting(path, null, { ...context.location, scope }, integrationSummaries), options);
    });
}

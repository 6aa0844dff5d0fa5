import type { Command } from 'commander';
import { integrationSummaries } from '../../../runtime/index.ts';
import { changeSetting, type SettingChange } from '../../../settings/index.ts';
import type { CommandContext } from '../../context.ts';
import { parseSetting, requireSetting } from '../../options/config-setting.ts';
import { addJsonOptions } from '../../options/json.ts';
import { addScope, type JsonOptions, printDone, type ScopeOptions, scopeFrom } from '../../options/mcp-scope.ts';

const EXAMPLES = `
Examples:
  kosmo config:set audit_log true
  kosmo config:set mcp.servers.github.permissions.write deny --project
  kosmo config:set mcp.servers.github.permissions.functions.create_issue.max_per_run 3`;

/** `kosmo config:set`: one setting of a configuration file. */
export function addConfigSetCommand(program: Command, context: CommandContext): void {
  addScope(addJsonOptions(program.command('config:set').description('change a setting')))
    .argument('<key>', 'such as audit_log; kosmo config:list lists the settings')
    .argument('<value>')
    .addHelpText('after', EXAMPLES)
    .action(async (key: string, value: string, options: JsonOptions & ScopeOptions) => {
      const setting = requireSetting(key, 'config:set');
      const scope = scopeFrom(options) === 'project' ? 'project' : 'user';
      const parsed = parseSetting(setting, value, scope === 'project');
      const change = await changeSetting(setting.path, parsed, { ...context.location, scope }, integrationSummaries);
      printChange(change, options);
    });
}

/** Prints a change of a setting. */
export function printChange(change: SettingChange, format: JsonOptions): void {
  const { key, file, changed, value, previous } = change;
  const was = previous === null || !changed ? '' : ` (before: ${wordOf(previous)})`;
  const sentence =
    value === null
      ? changed
        ? `${key}${was} was removed from ${file}`
        : `${key} is not set in ${file}; nothing was changed`
      : `${key} ${changed ? 'is now' : 'stays'} ${wordOf(value)}${was} in ${file}`;
  printDone({ ...change }, sentence, format);
}

function wordOf(value: SettingChange['value']): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

import type { Command } from 'commander';
import { integrationSummaries } from '../../../runtime/index.ts';
import { type ListedSetting, listSettings, readSettings } from '../../../settings/index.ts';
import type { CommandContext } from '../../context.ts';
import { requireSetting } from '../../options/config-setting.ts';
import { addJsonOptions } from '../../options/json.ts';
import type { JsonOptions } from '../../options/mcp-scope.ts';
import { printJson, printNote, printValue } from '../../terminal/output.ts';

const EXAMPLES = `
Examples:
  kosmo config:get audit_log
  kosmo config:get mcp.servers.github.permissions.write --json`;

const NOT_SET = { from: 'built-in', file: null, line: null, variable: null } as const;

/** `kosmo config:get`: one setting in effect. */
export function addConfigGetCommand(program: Command, context: CommandContext): void {
  addJsonOptions(program.command('config:get').description('print a setting in effect'))
    .argument('<key>', 'such as audit_log; kosmo config:list lists the settings')
    .addHelpText('after', EXAMPLES)
    .action(async (key: string, { json, pretty }: JsonOptions) => {
      const { path, kind } = requireSetting(key, 'config:get');
      const name = path.join('.');
      const listed = listSettings(await readSettings(context.location), integrationSummaries);
      // A rule of a function is `deny` or `{permission: deny}`.
      const found = listed.find((setting) => setting.name === name) ?? listed.find((setting) => setting.name === `${name}.permission`);
      const setting: ListedSetting = { name, value: null, secret: kind === 'secret', origin: NOT_SET, ...found };
      if (json === true) printJson({ success: true, setting: { ...setting, name } }, pretty === true);
      else if (found === undefined || (setting.value === null && !setting.secret)) printNote(`${name} is not set`);
      else printValue(setting.secret ? '(secret)' : setting.value);
    });
}

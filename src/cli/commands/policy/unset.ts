import type { Command } from 'commander';
import type { CommandContext } from '../../context.ts';
import { addRuleOptions, changePermission, type RuleOptions } from '../../options/policy-rule.ts';

const EXAMPLES = `
Examples:
  kosmo policy:unset {undo} --account production
  kosmo policy:unset {id}.write --project`;

/** `kosmo policy:unset`: removes a rule of the configuration files. */
export function addPolicyUnsetCommand(program: Command, context: CommandContext): void {
  addRuleOptions(program.command('policy:unset').description('remove the permission of a function'))
    .addHelpText('after', EXAMPLES)
    .action((name: string, options: RuleOptions) => changePermission(context, 'policy:unset', { name, level: null }, options));
}

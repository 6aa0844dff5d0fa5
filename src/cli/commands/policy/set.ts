import type { Command } from 'commander';
import type { Permission } from '../../../policy/index.ts';
import type { CommandContext } from '../../context.ts';
import { usage } from '../../options/parse-values.ts';
import { addRuleOptions, changePermission, type RuleOptions } from '../../options/policy-rule.ts';

const LEVELS: readonly string[] = ['allow', 'ask', 'deny'];

const EXAMPLES = `
Examples:
  kosmo policy:set {undo} deny --account production
  kosmo policy:set {id}.write ask                      # every write of {id}
  kosmo policy:set mcp.github.create_issue deny --project`;

/** `kosmo policy:set`: writes a rule into a configuration file. */
export function addPolicySetCommand(program: Command, context: CommandContext): void {
  addRuleOptions(program.command('policy:set').description('set the permission of a function'))
    .addArgument(program.createArgument('<level>', 'what happens with its calls').choices(LEVELS))
    .addHelpText('after', EXAMPLES)
    .action((name: string, level: Permission, options: RuleOptions) => setRule(context, name, level, options));
}

async function setRule(context: CommandContext, name: string, level: Permission, options: RuleOptions): Promise<void> {
  if (options.project === true && level === 'allow')
    throw usage("a project's file can only make permissions stricter, so it cannot allow", 'leave out --project');
  await changePermission(context, 'policy:set', { name, level }, options);
}

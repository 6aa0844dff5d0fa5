import type { Command } from 'commander';
import type { CommandContext } from '../../context.ts';
import { addIntegrationOptions } from '../../options/script.ts';
import { addCodeOptions, type LuaOptions, runCode } from '../../scripts/run-code.ts';

const EXAMPLES = `
Examples:
  kosmo integrations:lua --eval 'print(docs.read("{id}"))'
  kosmo integrations:lua --emulator --force --eval 'dump(app.integrations.{lua})'
  kosmo integrations:lua workflow.lua --force --json --arg cname=room
  cat workflow.lua | kosmo integrations:lua --json
  kosmo integrations:lua workflow.lua --emulator --force --record workflow.jsonl
  kosmo integrations:lua workflow.lua --replay workflow.jsonl
  kosmo integrations:lua --repl --emulator`;

/** `kosmo integrations:lua`: runs a script from a file, an option or stdin, or a session at a prompt. */
export function addLuaCommand(program: Command, context: CommandContext): void {
  const command = addCodeOptions(program.command('integrations:lua'))
    .description('run a Lua script')
    .option('--repl', 'run lines from the terminal or from stdin in one session');
  addIntegrationOptions(command)
    .addHelpText('after', EXAMPLES)
    .action(async (file: string | undefined, options: LuaOptions) => {
      await runCode(file, options, context, true);
    });
}

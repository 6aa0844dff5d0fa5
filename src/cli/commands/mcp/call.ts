import type { Command } from 'commander';
import type { KosmoError } from '../../../errors/index.ts';
import type { McpToolDescription } from '../../../runtime/index.ts';
import type { ObjectSchema } from '../../../schema/index.ts';
import { readCallArguments } from '../../call/arguments.ts';
import { splitFunctionForm } from '../../call/function-form.ts';
import { isHelpWanted, printHelp } from '../../call/help.ts';
import { splitOwnOptions } from '../../call/own-options.ts';
import { type ReportedCall, runAndReport, SAVE_HELP, splitToolName } from '../../call/report.ts';
import { showTools } from '../../call/show-tools.ts';
import type { CommandContext } from '../../context.ts';
import { addDirectServer, takeDirectServer, toolFlags } from '../../options/direct-server.ts';
import { addJsonOptions } from '../../options/json.ts';
import { usage } from '../../options/parse-values.ts';
import { addAllowFlag } from '../../options/policy.ts';

interface CallOptions {
  readonly arg?: readonly string[];
  readonly json?: true;
  readonly pretty?: true;
  readonly timeout?: string;
}

const WORDS = 'a JSON object (- for stdin), and flags of the parameters: --message hello or message=hello';

/** `kosmo mcp:call fake.echo …`. */
export function addMcpCallCommand(program: Command, context: CommandContext): void {
  const call = addDirectServer(withCallOptions(program.command('mcp:call')))
    .description('call a tool of an MCP server')
    .argument('<tool>', 'full name, for example github.create_issue')
    .argument('[arguments...]', WORDS)
    .addHelpText(
      'after',
      [
        '\nExamples:',
        '  kosmo mcp:call github.create_issue --title Hello --json',
        '  kosmo mcp:call \'github.create_issue(title: "Hello")\'',
        '  kosmo mcp:call github.create_issue --help',
        '  kosmo mcp:call --stdio "npx -y @modelcontextprotocol/server-everything" echo --message hi',
        '  kosmo mcp:call https://mcp.example.com/mcp search --query kosmo',
      ].join('\n'),
    )
    .action(async () => {
      const given = splitOwnOptions(call, call.args, toolFlags(call, call.args));
      const words = takeDirectServer(call, context, given);
      if (words === given) {
        const [name = '', ...form] = splitFunctionForm(given[0] ?? '');
        return callTool(call, [...form, ...given.slice(1)], context, () => splitToolName(name));
      }
      const [server = '', tool, ...others] = words;
      if (tool === undefined || tool.startsWith('-')) throw missingTool(call.args[0] ?? '');
      const [name = tool, ...form] = splitFunctionForm(tool);
      return callTool(call, [...form, ...others], context, () => ({ server, tool: name }));
    });
}

/** `kosmo mcp:<server> echo …`, for a server that is configured under that name; without a tool, the list of them. */
export function addServerCommand(program: Command, context: CommandContext, server: string): void {
  const command = withCallOptions(program.command(`mcp:${server}`))
    .description(`call a tool of the MCP server ${server}; without one, the list of them`)
    .argument('[tool]', 'for example create_issue')
    .argument('[arguments...]', WORDS)
    .action(async () => {
      const [tool, ...words] = command.args;
      if (tool !== undefined) {
        const [name = tool, ...form] = splitFunctionForm(tool);
        return callTool(command, [...form, ...splitOwnOptions(command, words)], context, () => ({ server, tool: name }));
      }
      await showTools(context, server, command.opts<CallOptions>());
    });
}

function withCallOptions(command: Command): Command {
  return addAllowFlag(
    addJsonOptions(command, 'print one JSON document')
      .allowUnknownOption()
      .passThroughOptions()
      .option('--arg <key=value>', 'set a parameter, even one that has the name of an option (repeatable)', collect)
      .option('--timeout <seconds>', 'wall time in seconds, the start of the server included')
      .option('--save <folder>', SAVE_HELP)
      .option('--dry-run', 'show the request, and send nothing')
      .option('--force', 'allow the call without asking, even if the policy denies it'),
  );
}

function missingTool(word: string): KosmoError {
  const [, address, tool] = /^(https?:\/\/.+)\.(\w+)$/i.exec(word) ?? [];
  const example = address === undefined ? 'kosmo mcp:call https://mcp.example.com/mcp search' : `kosmo mcp:call ${address} ${tool}`;
  return usage('the name of a tool comes behind the server', example);
}

async function callTool(
  command: Command,
  given: readonly string[],
  context: CommandContext,
  name: () => ReturnType<typeof splitToolName>,
): Promise<void> {
  const { arg: assignments = [] } = command.opts<CallOptions>();
  const { server, tool } = name();
  const prepare: ReportedCall['prepare'] = async (host) => {
    const row = await host.mcp.tool(server, tool);
    if (isHelpWanted(given)) return printToolHelp(command, row);
    const ownFlags = command.options.flatMap(({ long }) => long ?? []);
    const args = await readCallArguments(given, assignments, { input: row.schema as unknown as ObjectSchema }, ownFlags);
    return (options) => host.mcp.call(row.server, row.name, args, options);
  };
  await runAndReport(command, context, { name: `${server}.${tool}`, prepare });
}

function printToolHelp(command: Command, { server, name, description, schema }: McpToolDescription): undefined {
  printHelp(command, server, { name, description, input: schema as unknown as ObjectSchema });
}

function collect(value: string, all: readonly string[] = []): readonly string[] {
  return [...all, value];
}

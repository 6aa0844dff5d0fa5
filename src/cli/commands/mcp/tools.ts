import type { Command } from 'commander';
import type { JsonValue } from '../../../json/index.ts';
import type { createHost } from '../../../runtime/index.ts';
import { readCallArguments } from '../../call/arguments.ts';
import { splitOwnOptions } from '../../call/own-options.ts';
import { type ReportedCall, runAndReport, SAVE_HELP, splitToolName, wrapData } from '../../call/report.ts';
import { showTools } from '../../call/show-tools.ts';
import type { CommandContext } from '../../context.ts';
import { addDirectServer, takeDirectServer, toolFlags } from '../../options/direct-server.ts';
import { addJsonOptions } from '../../options/json.ts';
import { usage } from '../../options/parse-values.ts';
import { addAllowFlag } from '../../options/policy.ts';
import { printJson } from '../../terminal/output.ts';

interface JsonOptions {
  readonly json?: true;
  readonly pretty?: true;
}

/** `mcp:tools` and `mcp:schema`; `mcp:resources`, `mcp:resource`, `mcp:prompts` and `mcp:prompt`. */
export function addMcpToolCommands(program: Command, context: CommandContext): void {
  const tools = withFormat(program.command('mcp:tools').description('list the tools of MCP servers'))
    .option('--timeout <seconds>', 'wall time in seconds, the start of the server included')
    .argument('[server]');
  tools.action((_server: string | undefined, format: JsonOptions) =>
    showTools(context, takeDirectServer(tools, context, tools.args)[0], format),
  );
  const schema = withFormat(program.command('mcp:schema').description("print a tool's parameters as JSON Schema"));
  schema
    .argument('<tool>', 'full name, or an address')
    .argument('[name]', 'the tool of an address')
    .action(async (_tool, _name, format) => {
      const words = takeDirectServer(schema, context, schema.args);
      if (words !== schema.args) return showSchema(context, { server: words[0] ?? '', tool: requireWord(words[1], 'tool') }, format);
      const [name = '', other] = words;
      if (other !== undefined) throw usage(`there is one tool too many: '${other}'`, 'only an address is followed by the name of a tool');
      return showSchema(context, splitToolName(name), format);
    });
  const offer = (name: string, description: string): Command => withPolicy(program.command(name).description(description));
  addOffer(offer('mcp:resources', 'list the resources of an MCP server'), context, ['[server]'], 'resources');
  addOffer(offer('mcp:resource', 'read a resource'), context, ['[server]', '[uri]'], 'resource');
  addOffer(offer('mcp:prompts', 'list the prompts of an MCP server'), context, ['[server]'], 'prompts');
  const prompt = withPolicy(program.command('mcp:prompt').description('get a prompt'))
    .option('--save <folder>', SAVE_HELP)
    .allowUnknownOption()
    .passThroughOptions()
    .argument('[server]')
    .argument('[name]')
    .argument('[arguments...]')
    .action(async () => {
      // Options may stand before the words only.
      if (prompt.args[1]?.startsWith('-') === true)
        throw usage('the name of the prompt comes right behind the server', `kosmo mcp:prompts ${prompt.args[0]}`);
      const [server, name, ...given] = takeDirectServer(
        prompt,
        context,
        splitOwnOptions(prompt, prompt.args, toolFlags(prompt, prompt.args)),
      );
      if (server === undefined || name === undefined)
        throw usage(`missing required argument '${server === undefined ? 'server' : 'name'}'`);
      const prepare: ReportedCall['prepare'] = async (host) => {
        const args = await readCallArguments(given, [], { input: await promptInput(host, server, name) }, []);
        return (options) => host.mcp.callFeature(server, 'getPrompt', { name, arguments: args }, options);
      };
      await runAndReport(prompt, context, { name: server, prepare, form: wrapData('prompt') });
    });
}

const OFFERED = { resources: 'resources', resource: 'readResource', prompts: 'prompts' } as const;

function addOffer(command: Command, context: CommandContext, words: readonly string[], offer: keyof typeof OFFERED): void {
  for (const word of words) command.argument(word);
  if (offer === 'resource') command.option('--save <folder>', SAVE_HELP);
  command.action(async () => {
    const given = takeDirectServer(command, context, command.args);
    if (given.length > words.length) throw usage(`too many arguments for '${command.name()}'`);
    const server = requireWord(given[0], 'server');
    const uri = words.length > 1 ? requireWord(given[1], 'uri') : undefined;
    const args: Readonly<Record<string, JsonValue>> = uri === undefined ? {} : { uri };
    const prepare = async (host: Awaited<ReturnType<typeof createHost>>) => (options: Parameters<typeof host.mcp.callFeature>[3]) =>
      host.mcp.callFeature(server, OFFERED[offer], args, options);
    await runAndReport(command, context, { name: server, prepare, form: wrapData(offer) });
  });
}

// A prompt says what its arguments are, and that they are texts.
async function promptInput(host: Awaited<ReturnType<typeof createHost>>, server: string, name: string) {
  const policy = { force: true };
  const { data } = await host.mcp.callFeature(server, 'prompts', {}, { policy, signal: AbortSignal.timeout(600_000) });
  const prompts = (Array.isArray(data) ? data : []) as readonly {
    name?: string;
    arguments?: readonly { name: string; required?: boolean }[];
  }[];
  const known = prompts.find((candidate) => candidate.name === name)?.arguments ?? [];
  return {
    type: 'object',
    properties: Object.fromEntries(known.map((argument) => [argument.name, { type: 'string' }] as const)),
    required: [],
  } as const;
}

function requireWord(word: string | undefined, name: string): string {
  if (word === undefined) throw usage(`missing required argument '${name}'`);
  return word;
}

async function showSchema(
  context: CommandContext,
  { server, tool: wanted }: ReturnType<typeof splitToolName>,
  { json, pretty }: JsonOptions,
): Promise<void> {
  const host = await context.host();
  try {
    const tool = await host.mcp.tool(server, wanted);
    printJson(json === true ? { success: true, tool } : tool.schema, pretty === true);
  } finally {
    await host.close();
  }
}

function withFormat(command: Command): Command {
  return addDirectServer(addJsonOptions(command));
}

function withPolicy(command: Command): Command {
  return addAllowFlag(
    withFormat(command)
      .option('--timeout <seconds>', 'wall time in seconds, the start of the server included')
      .option('--force', 'allow it without asking, denied or not'),
  );
}

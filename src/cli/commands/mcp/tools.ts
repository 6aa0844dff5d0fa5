import type { Command } from 'commander';
import type { JsonValue } from '../../../json/index.ts';
import type { createHost } from '../../../runtime/index.ts';
import { readCallArguments } from '../../call/arguments.ts';
import { splitOwnOptions } from '../../call/own-options.ts';
import { runAndReport, splitToolName, wrapData } from '../../call/report.ts';
import { showTools } from '../../call/show-tools.ts';
import type { CommandContext } from '../../context.ts';
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
  withFormat(program.command('mcp:tools').description('list the tools of MCP servers').argument('[server]')).action(
    (server: string | undefined, format: JsonOptions) => showTools(context, server, format),
  );
  withFormat(program.command('mcp:schema').description("print a tool's parameters as JSON Schema").argument('<tool>')).action(
    (name: string, format: JsonOptions) => showSchema(context, name, format),
  );
  addOffer(program, context, 'mcp:resources', 'list the resources of an MCP server', ['<server>'], 'resources');
  addOffer(program, context, 'mcp:resource', 'read a resource', ['<server>', '<uri>'], 'resource');
  addOffer(program, context, 'mcp:prompts', 'list the prompts of an MCP server', ['<server>'], 'prompts');
  const prompt = withPolicy(program.command('mcp:prompt').description('get a prompt'))
    .allowUnknownOption()
    .passThroughOptions()
    .arguments('<server> <name> [arguments...]')
    .action(async () => {
      const [server = '', name = '', ...words] = prompt.args;
      // What stands behind the server is not read as an option.
      if (name.startsWith('-')) throw usage('the name of the prompt comes right behind the server', `kosmo mcp:prompts ${server}`);
      const given = splitOwnOptions(prompt, words);
      await runAndReport(
        prompt,
        context,
        server,
        async (host) => {
          const args = await readCallArguments(given, [], { input: await promptInput(host, server, name) }, []);
          return (options) => host.mcp.callFeature(server, 'getPrompt', { name, arguments: args }, options);
        },
        wrapData('prompt'),
      );
    });
}

const OFFERED = { resources: 'resources', resource: 'readResource', prompts: 'prompts' } as const;

function addOffer(
  program: Command,
  context: CommandContext,
  name: string,
  description: string,
  words: readonly string[],
  offer: keyof typeof OFFERED,
): void {
  const command = withPolicy(program.command(name).description(description)).arguments(words.join(' '));
  command.action(async () => {
    const [server = '', uri] = command.args;
    const args: Readonly<Record<string, JsonValue>> = uri === undefined ? {} : { uri };
    const prepare = async (host: Awaited<ReturnType<typeof createHost>>) => (options: Parameters<typeof host.mcp.callFeature>[3]) =>
      host.mcp.callFeature(server, OFFERED[offer], args, options);
    await runAndReport(command, context, server, prepare, wrapData(offer));
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

async function showSchema(context: CommandContext, name: string, { json, pretty }: JsonOptions): Promise<void> {
  const { server, tool: wanted } = splitToolName(name);
  const host = await context.host();
  try {
    const tool = await host.mcp.tool(server, wanted);
    printJson(json === true ? { success: true, tool } : tool.schema, pretty === true);
  } finally {
    await host.close();
  }
}

function withFormat(command: Command): Command {
  return addJsonOptions(command);
}

function withPolicy(command: Command): Command {
  return addAllowFlag(withFormat(command).option('--force', 'allow it without asking, denied or not'));
}

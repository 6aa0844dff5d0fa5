import type { Command } from 'commander';
import type { createHost } from '../../../runtime/index.ts';
import { readCallArguments } from '../../call/arguments.ts';
import { splitOwnOptions } from '../../call/own-options.ts';
import { type ReportedCall, runAndReport, SAVE_HELP, wrapData } from '../../call/report.ts';
import type { CommandContext } from '../../context.ts';
import { addPolicedServerOptions } from '../../mcp/server-command.ts';
import { takeDirectServer, toolFlags } from '../../options/direct-server.ts';
import { usage } from '../../options/parse-values.ts';

const EXAMPLES = `
Examples:
  kosmo mcp:prompt docs summarize --topic release`;

/** `kosmo mcp:prompt`: a prompt of a server, with its arguments as flags. */
export function addMcpPromptCommand(program: Command, context: CommandContext): void {
  const prompt = addPolicedServerOptions(program.command('mcp:prompt').description('get a prompt'))
    .option('--save <folder>', SAVE_HELP)
    .allowUnknownOption()
    .passThroughOptions()
    .argument('[server]')
    .argument('[name]')
    .argument('[arguments...]')
    .addHelpText('after', EXAMPLES)
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

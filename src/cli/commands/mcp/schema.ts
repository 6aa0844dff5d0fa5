import type { Command } from 'commander';
import { splitToolName } from '../../call/report.ts';
import type { CommandContext } from '../../context.ts';
import { addServerOptions, requireWord } from '../../mcp/server-command.ts';
import { takeDirectServer } from '../../options/direct-server.ts';
import { usage } from '../../options/parse-values.ts';
import { printJson } from '../../terminal/output.ts';

interface JsonOptions {
  readonly json?: true;
  readonly pretty?: true;
}

const EXAMPLES = `
Examples:
  kosmo mcp:schema github.create_issue
  kosmo mcp:schema https://mcp.example.com/mcp search --json`;

/** `kosmo mcp:schema`: the parameters of a tool as JSON Schema. */
export function addMcpSchemaCommand(program: Command, context: CommandContext): void {
  const schema = addServerOptions(program.command('mcp:schema').description("print a tool's parameters as JSON Schema"));
  schema
    .argument('<tool>', 'full name, or an address')
    .argument('[name]', 'the tool of an address')
    .addHelpText('after', EXAMPLES)
    .action(async (_tool, _name, format) => {
      const words = takeDirectServer(schema, context, schema.args);
      if (words !== schema.args) return showSchema(context, { server: words[0] ?? '', tool: requireWord(words[1], 'tool') }, format);
      const [name = '', other] = words;
      if (other !== undefined) throw usage(`there is one tool too many: '${other}'`, 'only an address is followed by the name of a tool');
      return showSchema(context, splitToolName(name), format);
    });
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

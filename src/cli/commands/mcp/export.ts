import { writeFileSync } from 'node:fs';
import type { Command } from 'commander';
import { readServers, toExportedServer, withoutSecrets } from '../../../mcp-client/index.ts';
import type { CommandContext } from '../../context.ts';
import { addJsonOptions } from '../../options/json.ts';
import { type JsonOptions, printSkippedEntries } from '../../options/mcp-scope.ts';
import { usage } from '../../options/parse-values.ts';
import { printJson, printNote, printValue } from '../../terminal/output.ts';

const SCHEMA_OF_FORMAT: Readonly<Record<string, 'mcpServers' | 'servers'>> = { mcpServers: 'mcpServers', vscode: 'servers' };

interface ExportOptions extends JsonOptions {
  readonly format: string;
  readonly path?: string;
}

const EXAMPLES = `
Examples:
  kosmo mcp:export
  kosmo mcp:export --format vscode --path .vscode/mcp.json`;

/** `kosmo mcp:export`: the MCP servers as another program reads them, without secrets. */
export function addMcpExportCommand(program: Command, context: CommandContext): void {
  addJsonOptions(program.command('mcp:export').description('print MCP servers for another program'))
    .option('--format <format>', 'mcpServers or vscode', 'mcpServers')
    .option('--path <file>', 'write a new file instead')
    .addHelpText('after', EXAMPLES)
    .action((options: ExportOptions) => exportServers(context, options));
}

async function exportServers(context: CommandContext, { format, path: file, ...output }: ExportOptions): Promise<void> {
  const schema = Object.hasOwn(SCHEMA_OF_FORMAT, format) ? SCHEMA_OF_FORMAT[format] : undefined;
  if (schema === undefined) throw usage(`--format takes mcpServers or vscode, not '${format}'`);
  const list = await readServers(context);
  const safe = [...list.effective.values()].map(({ server }) => withoutSecrets(server));
  const servers = safe.map(({ server }) => [
    server.name,
    { ...(schema === 'servers' ? { type: server.transport } : {}), ...toExportedServer(server) },
  ]);
  const config = { [schema]: Object.fromEntries(servers) as Record<string, never> };
  if (file !== undefined) writeNew(file, `${JSON.stringify(config, null, 2)}\n`);
  if (output.json === true) printJson({ success: true, path: file ?? null, config }, output.pretty === true);
  else if (file === undefined) printValue(config);
  for (const { server, hidden } of safe) {
    for (const key of hidden) printNote(`${server.name}: what stood in ${key} is left out; it looks like a secret`);
  }
  printSkippedEntries(list);
}

function writeNew(file: string, text: string): void {
  try {
    writeFileSync(file, text, { flag: 'wx' });
  } catch (thrown) {
    const { code, message } = thrown as NodeJS.ErrnoException;
    throw usage(code === 'EEXIST' ? `${file} is there already` : `${file} cannot be written: ${message}`, 'give the name of a new file');
  }
}

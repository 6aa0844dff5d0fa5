import type { Command } from 'commander';
import type { CommandContext } from '../../../context.ts';
import { type GatewayFlags, readGatewaySettings } from '../../../options/gateway.ts';
import { addJsonOptions } from '../../../options/json.ts';
import { type JsonOptions, printDone } from '../../../options/mcp-scope.ts';
import { usage } from '../../../options/parse-values.ts';
import { printJson, printValue } from '../../../terminal/output.ts';
import { withGatewayOptions } from '../serve.ts';

interface ExportOptions extends GatewayFlags, JsonOptions {
  readonly name: string;
  readonly client?: string;
}

/** The programs that start MCP servers: the file of a project where each looks, and the key that holds them there. */
const CLIENTS = {
  'claude-code': { file: '.mcp.json', key: 'mcpServers' },
  cursor: { file: '.cursor/mcp.json', key: 'mcpServers' },
  vscode: { file: '.vscode/mcp.json', key: 'servers' },
} as const;

const EXAMPLES = `
Examples:
  kosmo mcp:gateway:export --tools=code
  kosmo mcp:gateway:install --client cursor --tools=code --write=allow`;

/** The commands that give the gateway to a client: `mcp:gateway:export` prints its entry, `mcp:gateway:install` writes it. */
export function addGatewayCommands(program: Command, context: CommandContext): void {
  const add = (name: string, description: string, run: (options: ExportOptions) => Promise<void>): void => {
    addJsonOptions(withGatewayOptions(program.command(`mcp:gateway:${name}`).description(description)))
      .option('--name <name>', 'what the client calls the server', 'kosmo')
      .option('--client <client>', `whose settings: ${Object.keys(CLIENTS).join(', ')} (default claude-code)`)
      .addHelpText('after', EXAMPLES)
      .action(run);
  };
  add('export', 'print the client configuration for mcp:serve', (options) => exportEntry(context, options));
  add('install', "add mcp:serve to a client's configuration", (options) => installEntry(context, options));
}

async function exportEntry(context: CommandContext, options: ExportOptions): Promise<void> {
  const { key } = clientOf(options);
  const config = { [key]: { [options.name]: await entryOf(context, options) } };
  if (options.json === true) printJson({ success: true, config }, options.pretty === true);
  else printValue(config);
}

async function installEntry(context: CommandContext, options: ExportOptions): Promise<void> {
  const { file } = clientOf(options);
  if (/\s/.test(options.name)) throw usage(`--name ${options.name}: clients build names of tools from it, so it has no spaces`);
  const entry = await entryOf(context, options);
  const { importServers, readServers, serverFiles } = await import('../../../../mcp-client/index.ts');
  const { env, folder } = context;
  const { projectFolder } = await readServers({ env, folder });
  const target = serverFiles(env, projectFolder).find(({ path }) => path.endsWith(file));
  if (target === undefined) throw new Error(`no file of servers is called ${file}`);
  const { skipped } = await importServers({ [options.name]: entry }, target, true);
  const [problem] = skipped;
  if (problem !== undefined) throw usage(`--name ${options.name}: ${problem.message}`);
  printDone({ server: options.name, path: target.path, config: entry }, `${options.name} is in ${target.path}`, options);
}

function clientOf({ client = 'claude-code' }: ExportOptions): (typeof CLIENTS)[keyof typeof CLIENTS] {
  if (Object.hasOwn(CLIENTS, client)) return CLIENTS[client as keyof typeof CLIENTS];
  throw usage(`--client takes ${Object.keys(CLIENTS).join(', ')}, not '${client}'`);
}

/** The entry that starts the gateway as these options say. They are checked now, and not when the client starts it. */
async function entryOf(context: CommandContext, options: ExportOptions): Promise<Readonly<Record<string, never>>> {
  const { readConfig } = await import('../../../../config/index.ts');
  const { env, folder } = context;
  readGatewaySettings(options, await readConfig({ env, folder }));
  const { profile, integration = [], upstream = [], write, tools, maxResultChars, resources, prompts } = options;
  const args = [
    'mcp:serve',
    ...(profile === undefined ? [] : [`--profile=${profile}`]),
    ...integration.map((id) => `--integration=${id}`),
    ...upstream.map((server) => `--upstream=${server}`),
    // A profile may say otherwise.
    ...(write === undefined ? (profile === undefined ? ['--write=deny'] : []) : [`--write=${write}`]),
    ...(tools === undefined ? [] : [`--tools=${tools}`]),
    ...(maxResultChars === undefined ? [] : [`--max-result-chars=${maxResultChars}`]),
    ...(resources === false ? ['--no-resources'] : []),
    ...(prompts === false ? ['--no-prompts'] : []),
  ];
  return { type: 'stdio', command: 'kosmo', args } as never;
}

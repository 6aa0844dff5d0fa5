import path from 'node:path';
import type { Command } from 'commander';
import { findProject } from '../../../../config/index.ts';
import type { Editor } from '../../../../mcp-client/index.ts';
import { homeOf } from '../../../../platform/home-folder.ts';
import type { CommandContext } from '../../../context.ts';
import { type GatewayFlags, listsOf, readGatewaySettings } from '../../../options/gateway.ts';
import { addJsonOptions } from '../../../options/json.ts';
import { type JsonOptions, printDone, type ScopeOptions, scopeFrom } from '../../../options/mcp-scope.ts';
import { usage } from '../../../options/parse-values.ts';
import { checkUpstreams } from '../../../options/upstreams.ts';
import { printJson, printValue } from '../../../terminal/output.ts';
import { withGatewayOptions } from '../serve.ts';

interface ExportOptions extends GatewayFlags, JsonOptions, ScopeOptions {
  readonly name: string;
  readonly client?: string;
}

/** The programs of `listEditors`, for help. */
const CLIENTS = 'claude-code, claude-desktop, codex, cursor, gemini, opencode, vscode, windsurf';

const EXAMPLES = `
Examples:
  kosmo mcp:gateway:export --tools=code
  kosmo mcp:gateway:install --client cursor --tools=code --write=allow
  kosmo mcp:gateway:install --client codex --global`;

/** The commands that give the gateway to a client: `mcp:gateway:export` prints its entry, `mcp:gateway:install` writes it. */
export function addGatewayCommands(program: Command, context: CommandContext): void {
  const add = (name: string, description: string, run: (options: ExportOptions) => Promise<void>): void => {
    const command = addJsonOptions(withGatewayOptions(program.command(`mcp:gateway:${name}`).description(description)))
      .option('--name <name>', 'what the client calls the server', 'kosmo')
      .option('--client <client>', `whose settings: ${CLIENTS} (default claude-code)`);
    if (name === 'install')
      command.option('--project', "write the project's file").option('--global', 'write your own file, for every project');
    command.addHelpText('after', EXAMPLES).action(run);
  };
  add('export', 'print the client configuration for mcp:serve', (options) => exportEntry(context, options));
  add('install', "add mcp:serve to a client's configuration", (options) => installEntry(context, options));
}

async function exportEntry(context: CommandContext, options: ExportOptions): Promise<void> {
  const { configFor, fileTextFor } = await import('../../../../mcp-client/index.ts');
  const { editor } = await targetOf(context, options);
  const program = await programOf(context, options);
  if (options.json === true) printJson({ success: true, config: configFor(editor, options.name, program) }, options.pretty === true);
  else printValue(await fileTextFor(editor, options.name, program));
}

async function installEntry(context: CommandContext, options: ExportOptions): Promise<void> {
  const { entryFor, installServer } = await import('../../../../mcp-client/index.ts');
  const { editor, file } = await targetOf(context, options);
  if (!/^[A-Za-z0-9][\w/-]{0,99}$/.test(options.name))
    throw usage(`--name takes letters, digits, _, - and /, not '${options.name}'`, 'clients build the names of tools from it');
  const program = await programOf(context, options);
  await installServer(editor, file, options.name, program);
  printDone({ server: options.name, path: file, config: entryFor(editor, program) }, `${options.name} is in ${file}`, options);
}

/** The program that the options name, and its file: that of the project, except with `--global` or if the program has none there. */
async function targetOf(context: CommandContext, options: ExportOptions): Promise<{ readonly editor: Editor; readonly file: string }> {
  const { client = 'claude-code' } = options;
  const { listEditors } = await import('../../../../mcp-client/index.ts');
  const { env, folder } = context;
  const editors = listEditors(homeOf(env) ?? folder, env);
  const editor = editors.find(({ id }) => id === client);
  if (editor === undefined) throw usage(`--client takes ${editors.map(({ id }) => id).join(', ')}, not '${client}'`);
  const scope = scopeFrom(options);
  if (editor.projectFile === null && scope === 'project')
    throw usage(`${editor.title} has no settings of a project`, `leave out --project: the file is ${editor.userFile}`);
  if (editor.projectFile === null || scope === 'global') return { editor, file: editor.userFile };
  return { editor, file: path.join(findProject(folder, env), editor.projectFile) };
}

/** The command that starts the gateway as these options say. They are checked now, and not when the client starts it. */
async function programOf(
  context: CommandContext,
  options: ExportOptions,
): Promise<{ readonly command: string; readonly args: readonly string[] }> {
  const { readConfig } = await import('../../../../config/index.ts');
  const { env, folder } = context;
  await checkUpstreams(context, options, readGatewaySettings(options, await readConfig({ env, folder })));
  const { integration = [], upstream = [] } = listsOf(options);
  const { profile, write, tools, maxResultChars, resources, prompts } = options;
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
  return { command: 'kosmo', args };
}

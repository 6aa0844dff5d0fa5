import path from 'node:path';
import type { Command } from 'commander';
import { findProject } from '../../config/index.ts';
import type { Editor } from '../../mcp-client/index.ts';
import { homeOf } from '../../platform/home-folder.ts';
import { withGatewayOptions } from '../commands/mcp/serve.ts';
import type { CommandContext } from '../context.ts';
import { type GatewayFlags, listsOf, readGatewaySettings } from '../options/gateway.ts';
import { addJsonOptions } from '../options/json.ts';
import { type JsonOptions, type ScopeOptions, scopeFrom } from '../options/mcp-scope.ts';
import { usage } from '../options/parse-values.ts';
import { checkUpstreams } from '../options/upstreams.ts';

export interface GatewayEntryOptions extends GatewayFlags, JsonOptions, ScopeOptions {
  readonly name: string;
  readonly client?: string;
}

/** The programs of `listEditors`, for help. */
const CLIENTS = 'claude-code, claude-desktop, codex, cursor, gemini, opencode, vscode, windsurf';

/** Adds the options of a command that makes the entry of the gateway for a client. */
export function addGatewayEntryOptions(command: Command): Command {
  return addJsonOptions(withGatewayOptions(command))
    .option('--name <name>', 'what the client calls the server', 'kosmo')
    .option('--client <client>', `whose settings: ${CLIENTS} (default claude-code)`);
}

/** The program that the options name, and its file: that of the project, except with `--global` or if the program has none there. */
export async function targetOf(
  context: CommandContext,
  options: GatewayEntryOptions,
): Promise<{ readonly editor: Editor; readonly file: string }> {
  const { client = 'claude-code' } = options;
  const { listEditors } = await import('../../mcp-client/index.ts');
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
export async function programOf(
  context: CommandContext,
  options: GatewayEntryOptions,
): Promise<{ readonly command: string; readonly args: readonly string[] }> {
  const { readConfig } = await import('../../config/index.ts');
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

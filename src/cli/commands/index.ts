import type { Command } from 'commander';
import type { KosmoError } from '../../errors/index.ts';
import { declaredCommandNames, declaredCommands, failedCall, integrationSummaries } from '../../runtime/index.ts';
import type { CommandContext } from '../context.ts';
import { failedCheck, failedCommand, failedRun } from '../terminal/output.ts';

/** Some commands that one file adds to the program; the file is loaded when one of them is run, or all are listed. */
export interface CommandGroup {
  readonly names: readonly string[];
  /** `context` is the folder that holds `lua-docs`. */
  readonly add: (program: Command, context: CommandContext) => Promise<void>;
  /** The JSON document of a command that never began. */
  readonly failureDocument: (error: KosmoError) => unknown;
  /** By command: the file in `schemas` that describes what `--json` prints, without `.schema.json`. */
  readonly schemas?: Readonly<Record<string, string>>;
  /** It tells of all commands: the program that it is added to has them. @default false */
  readonly needsAllCommands?: true;
}

type AddCommand = (program: Command, context: CommandContext) => void;

/** A command with its file, which is loaded when the command is used. */
function command(
  name: string,
  load: () => Promise<AddCommand>,
  schema?: string,
  failureDocument: CommandGroup['failureDocument'] = failedCommand,
): CommandGroup {
  return {
    names: [name],
    add: async (program, context) => (await load())(program, context),
    failureDocument,
    ...(schema === undefined ? {} : { schemas: { [name]: schema } }),
  };
}

/** Every command, in the order of `kosmo --help`. */
export const COMMAND_GROUPS: readonly CommandGroup[] = [
  command('run', async () => (await import('./run.ts')).addRunCommand, 'lua-run', failedRun),
  command('workflows', async () => (await import('./workflows/list.ts')).addWorkflowsCommand, 'workflows'),
  command('init', async () => (await import('./init.ts')).addInitCommand, 'init'),
  command('workflows:approve', async () => (await import('./workflows/approve.ts')).addApproveCommand, 'workflows-approve'),
  command('workflows:approvals', async () => (await import('./workflows/approvals.ts')).addApprovalsCommand, 'workflows-approvals'),
  command('workflows:revoke', async () => (await import('./workflows/revoke.ts')).addRevokeCommand, 'workflows-revoke'),
  command('runs', async () => (await import('./runs/list.ts')).addRunsCommand, 'runs'),
  command('runs:show', async () => (await import('./runs/show.ts')).addShowCommand, 'runs-show'),
  command('runs:resume', async () => (await import('./runs/resume.ts')).addResumeCommand, 'runs-resume', failedRun),
  command('runs:cancel', async () => (await import('./runs/cancel.ts')).addCancelCommand, 'runs-cancel'),
  command('runs:retry', async () => (await import('./runs/retry.ts')).addRetryCommand, 'lua-run', failedRun),
  command('runs:prune', async () => (await import('./runs/prune.ts')).addPruneCommand, 'runs'),
  command('integrations:lua', async () => (await import('./integrations/lua.ts')).addLuaCommand, 'lua-run', failedRun),
  command('integrations:check', async () => (await import('./integrations/check.ts')).addCheckCommand, 'integrations-check', failedCheck),
  command('integrations:types', async () => (await import('./integrations/types.ts')).addTypesCommand),
  command('integrations:list', async () => (await import('./integrations/list.ts')).addListCommand, 'integrations-list'),
  command('integrations:status', async () => (await import('./integrations/status.ts')).addStatusCommand, 'integrations-status'),
  command('integrations:search', async () => (await import('./integrations/search.ts')).addSearchCommand, 'integrations-search'),
  command('integrations:schema', async () => (await import('./integrations/schema.ts')).addSchemaCommand, 'integrations-schema'),
  command('integrations:docs', async () => (await import('./integrations/docs.ts')).addPageDocsCommand, 'integrations-docs'),
  command('integrations:examples', async () => (await import('./integrations/examples.ts')).addExamplesCommand, 'integrations-docs'),
  command('integrations:call', async () => (await import('./integrations/call.ts')).addCallCommand, 'integrations-call', failedCall),
  ...integrationSummaries.map(
    (integration): CommandGroup => ({
      names: [`integrations:${integration.id}`],
      add: async (program, context) => (await import('./integrations/call.ts')).addIntegrationCommand(program, context, integration),
      failureDocument: failedCall,
      schemas: { [`integrations:${integration.id}`]: 'integrations-call' },
    }),
  ),
  command('mcp:lua', async () => (await import('./mcp/lua.ts')).addMcpLuaCommand, 'lua-run', failedRun),
  command('mcp:call', async () => (await import('./mcp/call.ts')).addMcpCallCommand, 'integrations-call', failedCall),
  command('mcp:tools', async () => (await import('./mcp/tools.ts')).addMcpToolsCommand, 'mcp-tools'),
  command('mcp:schema', async () => (await import('./mcp/schema.ts')).addMcpSchemaCommand, 'mcp-schema'),
  command('mcp:resources', async () => (await import('./mcp/resources.ts')).addMcpResourcesCommand, 'mcp-resources'),
  command('mcp:resource', async () => (await import('./mcp/resource.ts')).addMcpResourceCommand, 'mcp-resource'),
  command('mcp:prompts', async () => (await import('./mcp/prompts.ts')).addMcpPromptsCommand, 'mcp-prompts'),
  command('mcp:prompt', async () => (await import('./mcp/prompt.ts')).addMcpPromptCommand, 'mcp-prompt'),
  command(
    'integrations:configure',
    async () => (await import('./integrations/configure.ts')).addConfigureCommand,
    'integrations-configure',
  ),
  command('integrations:fields', async () => (await import('./integrations/fields.ts')).addFieldsCommand, 'integrations-fields'),
  command('integrations:accounts', async () => (await import('./integrations/accounts.ts')).addAccountsCommand, 'integrations-accounts'),
  command('integrations:doctor', async () => (await import('./integrations/doctor.ts')).addDoctorCommand, 'integrations-doctor'),
  command('config:list', async () => (await import('./config/list.ts')).addConfigCommands, 'config-list'),
  command('config:get', async () => (await import('./config/get.ts')).addConfigGetCommand, 'config-get'),
  command('config:set', async () => (await import('./config/set.ts')).addConfigSetCommand, 'config-set'),
  command('config:unset', async () => (await import('./config/unset.ts')).addConfigUnsetCommand, 'config-set'),
  command('secrets:list', async () => (await import('./secrets/list.ts')).addSecretsListCommand, 'secrets-list'),
  command('secrets:status', async () => (await import('./secrets/status.ts')).addSecretsStatusCommand, 'secrets-status'),
  command('secrets:set', async () => (await import('./secrets/set.ts')).addSecretsSetCommand, 'secrets-set'),
  command('secrets:unset', async () => (await import('./secrets/unset.ts')).addSecretsUnsetCommand, 'secrets-set'),
  command('secrets:rotate', async () => (await import('./secrets/rotate.ts')).addRotateCommand, 'secrets-rotate'),
  command('policy:explain', async () => (await import('./policy/explain.ts')).addExplainCommand, 'policy-explain'),
  command('policy:set', async () => (await import('./policy/set.ts')).addPolicySetCommand, 'policy-set'),
  command('policy:unset', async () => (await import('./policy/unset.ts')).addPolicyUnsetCommand, 'policy-set'),
  command('policy:list', async () => (await import('./policy/list.ts')).addPolicyListCommand, 'policy-list'),
  command('mcp:serve', async () => (await import('./mcp/serve.ts')).addServeCommand),
  command('mcp:gateway:export', async () => (await import('./mcp/gateway/export.ts')).addGatewayExportCommand, 'mcp-gateway-export'),
  command('mcp:gateway:install', async () => (await import('./mcp/gateway/install.ts')).addGatewayInstallCommand, 'mcp-gateway-install'),
  command('mcp:list', async () => (await import('./mcp/list.ts')).addMcpListCommand, 'mcp-list'),
  command('mcp:status', async () => (await import('./mcp/status.ts')).addMcpStatusCommand, 'mcp-status'),
  command('mcp:doctor', async () => (await import('./mcp/doctor.ts')).addMcpDoctorCommand, 'mcp-doctor'),
  command('mcp:add', async () => (await import('./mcp/add.ts')).addMcpAddCommand, 'mcp-change'),
  command('mcp:remove', async () => (await import('./mcp/remove.ts')).addMcpRemoveCommand, 'mcp-change'),
  command('mcp:enable', async () => (await import('./mcp/enable.ts')).addMcpEnableCommand, 'mcp-change'),
  command('mcp:disable', async () => (await import('./mcp/disable.ts')).addMcpDisableCommand, 'mcp-change'),
  command('mcp:trust', async () => (await import('./mcp/trust.ts')).addMcpTrustCommand, 'mcp-trust'),
  command('mcp:untrust', async () => (await import('./mcp/untrust.ts')).addMcpUntrustCommand, 'mcp-untrust'),
  command('mcp:login', async () => (await import('./mcp/login.ts')).addMcpLoginCommand, 'mcp-login'),
  command('mcp:logout', async () => (await import('./mcp/logout.ts')).addMcpLogoutCommand, 'mcp-login'),
  command('mcp:secret:set', async () => (await import('./mcp/secret/set.ts')).addMcpSecretSetCommand, 'mcp-secret'),
  command('mcp:secret:list', async () => (await import('./mcp/secret/list.ts')).addMcpSecretListCommand, 'mcp-secrets'),
  command('mcp:secret:unset', async () => (await import('./mcp/secret/unset.ts')).addMcpSecretUnsetCommand, 'mcp-secret'),
  command('mcp:import', async () => (await import('./mcp/import.ts')).addMcpImportCommand, 'mcp-import'),
  command('mcp:export', async () => (await import('./mcp/export.ts')).addMcpExportCommand, 'mcp-export'),
  command('mcp:examples', async () => (await import('./mcp/examples.ts')).addMcpExamplesCommand, 'mcp-examples'),
  {
    names: declaredCommandNames,
    add: async (program, context) => (await import('./integration-commands.ts')).addDeclaredCommands(program, context),
    failureDocument: failedCommand,
    get schemas() {
      return Object.fromEntries(declaredCommands().flatMap(({ fullName, schema }) => (schema === undefined ? [] : [[fullName, schema]])));
    },
  },
  command('docs', async () => (await import('./docs.ts')).addDocsCommand, 'integrations-docs'),
  {
    names: ['introspect'],
    add: async (program, context) => (await import('./introspect.ts')).addIntrospectCommand(program, context, allSchemas()),
    failureDocument: failedCommand,
    schemas: { introspect: 'introspect' },
    needsAllCommands: true,
  },
  command('completion', async () => (await import('./completion.ts')).addCompletionCommand),
];

/**
 * The command of an MCP server that is configured, `mcp:<server>`; undefined for any other name. Looked at last: a file of a project's
 * cannot take the place of a command.
 */
export async function serverCommand(context: CommandContext, name: string): Promise<CommandGroup | undefined> {
  if (!/^mcp:./.test(name)) return undefined;
  const { isConfiguredServer } = await import('../options/mcp-servers.ts');
  const server = name.slice('mcp:'.length);
  if (!(await isConfiguredServer(context, server))) return undefined;
  return {
    names: [name],
    add: async (program, context) => (await import('./mcp/call.ts')).addServerCommand(program, context, server),
    failureDocument: failedCall,
  };
}

/** Puts the commands of these groups into a program. */
export async function addCommands(program: Command, groups: readonly CommandGroup[], context: CommandContext): Promise<void> {
  // Words after the name of a command belong to the command; calls read them one by one.
  program.enablePositionalOptions();
  for (const { add } of groups) await add(program, context);
  for (const command of program.commands) {
    command.option('--quiet', 'print only errors on stderr').helpGroup(helpGroupOf(command.name()));
  }
}

const HELP_GROUPS: Readonly<Record<string, string>> = {
  runs: 'Runs:',
  integrations: 'Scripts and integrations:',
  mcp: 'MCP servers:',
};

// The commands of an integration have its title as their heading.
function helpGroupOf(name: string): string {
  if (/^(?:run$|init$|workflows(?:$|:))/.test(name)) return 'Workflows:';
  if (/^mcp:(?:serve$|gateway:)/.test(name)) return 'MCP gateway:';
  const [prefix = ''] = name.split(':');
  if (Object.hasOwn(HELP_GROUPS, prefix)) return HELP_GROUPS[prefix] as string;
  const integration = integrationSummaries.find(({ id }) => id === prefix);
  return integration === undefined ? 'Commands:' : `${integration.title}:`;
}

function allSchemas(): Readonly<Record<string, string>> {
  return Object.assign({}, ...COMMAND_GROUPS.map(({ schemas }) => schemas)) as Readonly<Record<string, string>>;
}

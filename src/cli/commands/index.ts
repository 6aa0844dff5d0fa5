import type { Command } from 'commander';
import type { KosmoError } from '../../errors/index.ts';
import { declaredCommandNames, declaredCommands, integrationSummaries } from '../../runtime/index.ts';
import type { CommandContext } from '../context.ts';
import { failedCall, failedCheck, failedCommand, failedRun } from '../terminal/output.ts';

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

/** Every command, in the order of `kosmo --help`. */
export const COMMAND_GROUPS: readonly CommandGroup[] = [
  {
    names: ['run'],
    add: async (program, context) => (await import('./run.ts')).addRunCommand(program, context),
    failureDocument: failedRun,
    schemas: { run: 'lua-run' },
  },
  {
    names: ['workflows'],
    add: async (program, context) => (await import('./workflows/list.ts')).addWorkflowsCommand(program, context),
    failureDocument: failedCommand,
    schemas: { workflows: 'workflows' },
  },
  {
    names: ['init'],
    add: async (program, context) => (await import('./init.ts')).addInitCommand(program, context),
    failureDocument: failedCommand,
    schemas: { init: 'init' },
  },
  {
    names: ['workflows:approve'],
    add: async (program, context) => (await import('./workflows/approve.ts')).addApproveCommand(program, context),
    failureDocument: failedCommand,
    schemas: { 'workflows:approve': 'workflows-approve' },
  },
  {
    names: ['workflows:approvals'],
    add: async (program, context) => (await import('./workflows/approvals.ts')).addApprovalsCommand(program, context),
    failureDocument: failedCommand,
    schemas: { 'workflows:approvals': 'workflows-approvals' },
  },
  {
    names: ['workflows:revoke'],
    add: async (program, context) => (await import('./workflows/revoke.ts')).addRevokeCommand(program, context),
    failureDocument: failedCommand,
    schemas: { 'workflows:revoke': 'workflows-revoke' },
  },
  {
    names: ['runs', 'runs:show', 'runs:cancel', 'runs:prune'],
    add: async (program, context) => (await import('./runs/index.ts')).addRunListCommands(program, context),
    failureDocument: failedCommand,
    schemas: { runs: 'runs', 'runs:show': 'runs-show', 'runs:cancel': 'runs-cancel', 'runs:prune': 'runs' },
  },
  {
    names: ['runs:resume', 'runs:retry'],
    add: async (program, context) => (await import('./runs/index.ts')).addRunAgainCommands(program, context),
    failureDocument: failedRun,
    schemas: { 'runs:resume': 'runs-resume', 'runs:retry': 'lua-run' },
  },
  {
    names: ['integrations:lua'],
    add: async (program, context) => (await import('./integrations/lua.ts')).addLuaCommand(program, context),
    failureDocument: failedRun,
    schemas: { 'integrations:lua': 'lua-run' },
  },
  {
    names: ['integrations:check'],
    add: async (program, context) => (await import('./integrations/check.ts')).addCheckCommand(program, context),
    failureDocument: failedCheck,
    schemas: { 'integrations:check': 'integrations-check' },
  },
  {
    names: ['integrations:types'],
    add: async (program, context) => (await import('./integrations/types.ts')).addTypesCommand(program, context),
    failureDocument: failedCommand,
  },
  {
    names: ['list', 'status', 'search', 'schema'].map((name) => `integrations:${name}`),
    add: async (program, context) => (await import('./integrations/list.ts')).addDiscoveryCommands(program, context),
    failureDocument: failedCommand,
    schemas: {
      'integrations:list': 'integrations-list',
      'integrations:status': 'integrations-status',
      'integrations:search': 'integrations-search',
      'integrations:schema': 'integrations-schema',
    },
  },
  {
    names: ['integrations:docs', 'integrations:examples'],
    add: async (program, context) => (await import('./integrations/docs.ts')).addDocumentationCommands(program, context),
    failureDocument: failedCommand,
    schemas: { 'integrations:docs': 'integrations-docs', 'integrations:examples': 'integrations-docs' },
  },
  {
    names: ['integrations:call'],
    add: async (program, context) => (await import('./integrations/call.ts')).addCallCommand(program, context),
    failureDocument: failedCall,
    schemas: { 'integrations:call': 'integrations-call' },
  },
  ...integrationSummaries.map(
    (integration): CommandGroup => ({
      names: [`integrations:${integration.id}`],
      add: async (program, context) => (await import('./integrations/call.ts')).addIntegrationCommand(program, context, integration),
      failureDocument: failedCall,
      schemas: { [`integrations:${integration.id}`]: 'integrations-call' },
    }),
  ),
  {
    names: ['mcp:lua'],
    add: async (program, context) => (await import('./integrations/lua.ts')).addMcpLuaCommand(program, context),
    failureDocument: failedRun,
    schemas: { 'mcp:lua': 'lua-run' },
  },
  {
    names: ['mcp:call'],
    add: async (program, context) => (await import('./mcp/call.ts')).addMcpCallCommand(program, context),
    failureDocument: failedCall,
    schemas: { 'mcp:call': 'integrations-call' },
  },
  {
    names: ['tools', 'schema', 'resources', 'resource', 'prompts', 'prompt'].map((name) => `mcp:${name}`),
    add: async (program, context) => (await import('./mcp/tools.ts')).addMcpToolCommands(program, context),
    failureDocument: failedCommand,
    schemas: Object.fromEntries(
      ['tools', 'schema', 'resources', 'resource', 'prompts', 'prompt'].map((name) => [`mcp:${name}`, `mcp-${name}`]),
    ),
  },
  {
    names: ['integrations:configure'],
    add: async (program, context) => (await import('./integrations/configure.ts')).addConfigureCommand(program, context),
    failureDocument: failedCommand,
    schemas: { 'integrations:configure': 'integrations-configure' },
  },
  {
    names: ['integrations:fields', 'integrations:accounts'],
    add: async (program, context) => (await import('./integrations/fields.ts')).addAccountCommands(program, context),
    failureDocument: failedCommand,
    schemas: { 'integrations:fields': 'integrations-fields', 'integrations:accounts': 'integrations-accounts' },
  },
  {
    names: ['integrations:doctor'],
    add: async (program, context) => (await import('./integrations/doctor.ts')).addDoctorCommand(program, context),
    failureDocument: failedCommand,
    schemas: { 'integrations:doctor': 'integrations-doctor' },
  },
  {
    names: ['config:list'],
    add: async (program, context) => (await import('./config/list.ts')).addConfigCommands(program, context),
    failureDocument: failedCommand,
    schemas: { 'config:list': 'config-list' },
  },
  {
    names: ['secrets:rotate'],
    add: async (program, context) => (await import('./secrets/rotate.ts')).addRotateCommand(program, context),
    failureDocument: failedCommand,
    schemas: { 'secrets:rotate': 'secrets-rotate' },
  },
  {
    names: ['policy:explain'],
    add: async (program, context) => (await import('./policy/explain.ts')).addExplainCommand(program, context),
    failureDocument: failedCommand,
    schemas: { 'policy:explain': 'policy-explain' },
  },
  {
    names: ['policy:set', 'policy:unset', 'policy:list'],
    add: async (program, context) => (await import('./policy/set.ts')).addPolicyCommands(program, context),
    failureDocument: failedCommand,
    schemas: { 'policy:set': 'policy-set', 'policy:unset': 'policy-set', 'policy:list': 'policy-list' },
  },
  {
    names: ['mcp:serve'],
    add: async (program, context) => (await import('./mcp/serve.ts')).addServeCommand(program, context),
    failureDocument: failedCommand,
  },
  {
    names: ['mcp:gateway:export', 'mcp:gateway:install'],
    add: async (program, context) => (await import('./mcp/gateway/export.ts')).addGatewayCommands(program, context),
    failureDocument: failedCommand,
    schemas: { 'mcp:gateway:export': 'mcp-gateway-export', 'mcp:gateway:install': 'mcp-gateway-install' },
  },
  {
    names: ['mcp:list', 'mcp:status', 'mcp:doctor'],
    add: async (program, context) => (await import('./mcp/list.ts')).addMcpListCommands(program, context),
    failureDocument: failedCommand,
    schemas: { 'mcp:list': 'mcp-list', 'mcp:status': 'mcp-status', 'mcp:doctor': 'mcp-doctor' },
  },
  {
    names: ['mcp:add', 'mcp:remove', 'mcp:enable', 'mcp:disable'],
    add: async (program, context) => (await import('./mcp/add.ts')).addMcpEditCommands(program, context),
    failureDocument: failedCommand,
    schemas: { 'mcp:add': 'mcp-change', 'mcp:remove': 'mcp-change', 'mcp:enable': 'mcp-change', 'mcp:disable': 'mcp-change' },
  },
  {
    names: ['mcp:trust', 'mcp:untrust'],
    add: async (program, context) => (await import('./mcp/trust.ts')).addMcpTrustCommands(program, context),
    failureDocument: failedCommand,
    schemas: { 'mcp:trust': 'mcp-trust', 'mcp:untrust': 'mcp-untrust' },
  },
  {
    names: ['mcp:login', 'mcp:logout'],
    add: async (program, context) => (await import('./mcp/login.ts')).addMcpLoginCommands(program, context),
    failureDocument: failedCommand,
    schemas: { 'mcp:login': 'mcp-login', 'mcp:logout': 'mcp-login' },
  },
  {
    names: ['mcp:secret:set', 'mcp:secret:list', 'mcp:secret:unset'],
    add: async (program, context) => (await import('./mcp/secret/set.ts')).addMcpSecretCommands(program, context),
    failureDocument: failedCommand,
    schemas: { 'mcp:secret:set': 'mcp-secret', 'mcp:secret:list': 'mcp-secrets', 'mcp:secret:unset': 'mcp-secret' },
  },
  {
    names: ['mcp:import', 'mcp:export', 'mcp:examples'],
    add: async (program, context) => (await import('./mcp/import.ts')).addMcpTransferCommands(program, context),
    failureDocument: failedCommand,
    schemas: { 'mcp:import': 'mcp-import', 'mcp:export': 'mcp-export', 'mcp:examples': 'mcp-examples' },
  },
  {
    names: declaredCommandNames,
    add: async (program, context) => (await import('./integration-commands.ts')).addDeclaredCommands(program, context),
    failureDocument: failedCommand,
    get schemas() {
      return Object.fromEntries(declaredCommands().flatMap(({ fullName, schema }) => (schema === undefined ? [] : [[fullName, schema]])));
    },
  },
  {
    names: ['docs'],
    add: async (program, context) => (await import('./docs.ts')).addDocsCommand(program, context),
    failureDocument: failedCommand,
    schemas: { docs: 'integrations-docs' },
  },
  {
    names: ['introspect'],
    add: async (program, context) => (await import('./introspect.ts')).addIntrospectCommand(program, context, allSchemas()),
    failureDocument: failedCommand,
    schemas: { introspect: 'introspect' },
    needsAllCommands: true,
  },
  {
    names: ['completion'],
    add: async (program, context) => (await import('./completion.ts')).addCompletionCommand(program, context),
    failureDocument: failedCommand,
  },
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

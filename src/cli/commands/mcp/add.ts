import path from 'node:path';
import type { Command } from 'commander';
import { type ConfigLocation, type ConfigScope, configFile, readConfig } from '../../../config/index.ts';
import { mcpServerProvider, type Operation } from '../../../integration/index.ts';
import {
  addServer,
  checkServerName,
  findServer,
  locateServer,
  needsTrust,
  readServers,
  type ServerDraft,
  type ServerFile,
  type ServerList,
  type ServerScope,
  scopeOf,
} from '../../../mcp-client/index.ts';
import { describeChange, type Permission, type PolicyChange, type RuleSubject, ruleAt, setPermissions } from '../../../policy/index.ts';
import type { CommandContext } from '../../context.ts';
import { addJsonOptions } from '../../options/json.ts';
import { addScope, type JsonOptions, printDone, type ScopeOptions, scopeFrom } from '../../options/mcp-scope.ts';
import { parseSeconds, usage } from '../../options/parse-values.ts';
import { collect, isAddress, parseHeader, parseVariable } from '../../options/server-fields.ts';
import { printNote } from '../../terminal/output.ts';

interface AddOptions extends JsonOptions, ScopeOptions {
  readonly type?: string;
  readonly command?: string;
  readonly url?: string;
  readonly cwd?: string;
  readonly arg: readonly string[];
  readonly env: readonly string[];
  readonly header: readonly string[];
  readonly timeout?: string;
  readonly clientId?: string;
  readonly enable?: true;
  readonly disable?: true;
  readonly read?: string;
  readonly write?: string;
}

const EXAMPLES = `
Examples:
  kosmo mcp:add files -- npx -y @modelcontextprotocol/server-filesystem .
  kosmo mcp:add github --url https://api.githubcopilot.com/mcp/ --header 'Authorization: Bearer \${KOSMO_SECRET:mcp.github.token}'
  kosmo mcp:add github --write=deny

Of a server that is there already only what is named changes; a command or an address makes another server of it.`;

/** `kosmo mcp:add`: adds a server to a file, or changes its entry or its permissions. */
export function addMcpAddCommand(program: Command, context: CommandContext): void {
  const add = program
    .command('mcp:add')
    .description('add or change an MCP server')
    .argument('<server>', 'letters, digits, _, - and /')
    .argument('[command-or-url]')
    .argument('[arguments...]', 'of the command; write -- before a command whose arguments begin with -');
  addScope(addJsonOptions(add))
    .option('--type <type>', 'stdio, http or sse')
    .option('--command <command>', 'the program')
    .option('--arg <argument>', 'an argument of it (may be repeated)', collect, [])
    .option('--url <url>', 'the address')
    .option('--cwd <folder>', 'where the program runs; the folder of the project unless given')
    .option('--env <NAME[=value]>', 'a variable of the program; without a value that of the environment (may be repeated)', collect, [])
    .option('--header <name: value>', 'a header of requests (may be repeated)', collect, [])
    .option('--timeout <seconds>', 'how long one request may take')
    .option('--client-id <id>', 'OAuth client that you registered; its secret: mcp:secret:set <server> client_secret')
    .option('--enable', 'switch it on')
    .option('--disable', 'switch it off')
    .option('--read <level>', 'what may be read: allow, ask or deny')
    .option('--write <level>', 'what may be changed: allow, ask or deny')
    .addHelpText('after', EXAMPLES)
    .action((name: string, target: string | undefined, args: readonly string[], options: AddOptions) =>
      addOne(context, name, { target, args }, options),
    );
}

interface ServerWords {
  readonly target: string | undefined;
  readonly args: readonly string[];
}

async function addOne(context: CommandContext, name: string, { target, args }: ServerWords, options: AddOptions): Promise<void> {
  checkServerName(name);
  const place = context.location;
  const scope = scopeFrom(options);
  const draft = draftFrom(target, args, options);
  const permissions = { ...levelFrom('read', options.read), ...levelFrom('write', options.write) };
  const isPolicyOnly = Object.keys(draft).length === 0 && Object.keys(permissions).length > 0;
  const list = await readServers(place);
  const file = isPolicyOnly ? fileOf(list, name, scope) : await addServer(list, name, draft, { env: place.env, ...(scope && { scope }) });
  const written = scopeOf(file);
  const changes = await changePolicy(name, permissions, { ...place, scope: written === 'global' ? 'user' : 'project' });
  const policy = { policy_files: [...new Set(changes.map((change) => change.file))], permission_changes: changes };
  const sentences = changes.map(({ sentence }) => sentence);
  const document = { server: name, path: file.path, scope: written, ...(changes.length === 0 ? {} : policy) };
  printDone(document, isPolicyOnly ? sentences.join(' ') : [`${name} is in ${file.path}`, ...sentences].join('. '), options);
  if (isPolicyOnly) return;
  await printWarnings(context, name, file, draft);
}

async function changePolicy(
  server: string,
  levels: Readonly<Partial<Record<Operation, Permission>>>,
  { scope, ...place }: ConfigLocation & { readonly scope: ConfigScope },
): Promise<readonly PolicyChange[]> {
  if (Object.keys(levels).length === 0) return [];
  const before = (await readConfig(place)).layers;
  await setPermissions(['mcp', 'servers', server, 'permissions'], levels, { ...place, scope });
  const after = (await readConfig(place)).layers;
  return (['read', 'write'] as const).flatMap((operation) => {
    const level = levels[operation];
    if (level === undefined) return [];
    const subject: RuleSubject = { provider: mcpServerProvider(server), function: null, operation, account: null };
    const file = configFile(level === 'allow' ? 'user' : scope, place);
    const previous = ruleAt(before, file, subject);
    return describeChange(subject, { level, previous, file }, { before, after }, { tools: [], accounts: [] });
  });
}

// A server that is in no file has nothing that a policy could be for.
function fileOf(list: ServerList, name: string, scope: ServerScope | undefined): ServerFile {
  const file = locateServer(list, name, scope) ?? locateServer(list, name);
  return file ?? findServer(list, name);
}

async function printWarnings(context: CommandContext, name: string, file: ServerFile, draft: ServerDraft): Promise<void> {
  const list = await readServers(context);
  const counts = list.effective.get(name);
  if (counts !== undefined && counts.path !== file.path) printNote(`${name} of ${counts.path} comes before it, and counts`);
  else if (counts !== undefined && needsTrust(counts)) printNote(`it runs once you trust it: kosmo mcp:trust ${name}`);
  const isRelative = draft.command !== undefined && /[\\/]/.test(draft.command) && !/^(?:[~$]|[A-Za-z]:)/.test(draft.command);
  if (scopeOf(file) === 'global' && isRelative && !path.isAbsolute(draft.command))
    printNote(`warning: ${draft.command} is found only in folders that have it; write the whole path for a server of every project`);
  const { maskValue } = await import('../../../mcp-client/index.ts');
  const open = Object.entries({ ...draft.env, ...draft.headers }).filter(([key, value]) => maskValue(key, value) !== value);
  for (const [key] of open) {
    printNote(`the value of ${key} is readable in ${file.path}; kosmo mcp:secret:set ${name} ${key} keeps it encrypted`);
  }
}

function draftFrom(target: string | undefined, args: readonly string[], options: AddOptions): ServerDraft {
  const hasAddress = isAddress(target);
  if (target !== undefined && (options.command ?? options.url) !== undefined)
    throw usage(`'${target}' and --${options.command === undefined ? 'url' : 'command'} exclude each other`);
  if (options.enable === true && options.disable === true) throw usage('--enable and --disable exclude each other');
  const command = hasAddress ? options.command : (target ?? options.command);
  const url = hasAddress ? target : options.url;
  if (command !== undefined && url !== undefined) throw usage('a server has a command or a url, not both');
  const words = [...args, ...options.arg];
  if (hasAddress && words.length > 0) throw usage(`an address takes no arguments, such as '${words[0]}'`);
  return {
    ...(options.type === undefined ? {} : { type: options.type }),
    ...(command === undefined ? {} : { command }),
    ...(words.length === 0 ? {} : { args: words }),
    ...(url === undefined ? {} : { url }),
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    ...(options.env.length === 0 ? {} : { env: Object.fromEntries(options.env.map(parseVariable)) }),
    ...(options.header.length === 0 ? {} : { headers: Object.fromEntries(options.header.map(parseHeader)) }),
    ...(options.timeout === undefined ? {} : { timeout: parseSeconds('--timeout', options.timeout) / 1000 }),
    ...(options.clientId === undefined ? {} : { oauth: { clientId: options.clientId } }),
    ...(options.enable === true ? { enabled: true } : {}),
    ...(options.disable === true ? { enabled: false } : {}),
  };
}

function levelFrom(operation: 'read' | 'write', level: string | undefined): Partial<Record<'read' | 'write', 'allow' | 'ask' | 'deny'>> {
  if (level === undefined) return {};
  if (level === 'allow' || level === 'ask' || level === 'deny') return { [operation]: level };
  throw usage(`--${operation} takes allow, ask or deny, not '${level}'`);
}

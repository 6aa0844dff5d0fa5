import type { Command } from 'commander';
import { openSecretStore } from '../../../../credentials/index.ts';
import { checkServerName, readServers } from '../../../../mcp-client/index.ts';
import type { CommandContext } from '../../../context.ts';
import { addJsonOptions } from '../../../options/json.ts';
import { type JsonOptions, printDone } from '../../../options/mcp-scope.ts';
import { readStdin, usage } from '../../../options/parse-values.ts';
import { isInteractive } from '../../../terminal/capabilities.ts';
import { printJson, printNote, printTable } from '../../../terminal/output.ts';
import { openTerminalPrompt } from '../../../terminal/prompt.ts';

interface SetOptions extends JsonOptions {
  readonly stdin?: true;
  readonly env?: string;
}

const EXAMPLES = `
Examples:
  kosmo mcp:secret:set github token
  printf %s "$TOKEN" | kosmo mcp:secret:set github token --stdin
  kosmo mcp:secret:set github token --env TOKEN

The entry of the server then says \${KOSMO_SECRET:mcp.github.token}. No other server gets it.`;

/** Shown in place of a secret value. */
const MASK = '***';

/** The commands of the secrets that servers are given: `mcp:secret:set`, `mcp:secret:list`, `mcp:secret:unset`. */
export function addMcpSecretCommands(program: Command, context: CommandContext): void {
  addJsonOptions(
    program
      .command('mcp:secret:set')
      .description('store an encrypted secret')
      .argument('<server>')
      .argument('<key>', 'such as token')
      .argument('[value]', 'others can see it in the list of processes: better --stdin'),
  )
    .option('--stdin', 'read the value from stdin')
    .option('--env <variable>', 'take the value of an environment variable')
    .addHelpText('after', EXAMPLES)
    .action((server: string, key: string, value: string | undefined, options: SetOptions) =>
      setSecret(context, { server, key, value }, options),
    );
  addJsonOptions(program.command('mcp:secret:list').description('list the names of secrets').argument('[server]')).action(
    (server: string | undefined, options: JsonOptions) => listSecrets(context, server, options),
  );
  addJsonOptions(program.command('mcp:secret:unset').description('delete a secret').argument('<server>').argument('<key>')).action(
    (server: string, key: string, format: JsonOptions) => unsetSecret(context, server, key, format),
  );
}

async function setSecret(
  context: CommandContext,
  { server, key, value }: { readonly server: string; readonly key: string; readonly value: string | undefined },
  { stdin, env, ...format }: SetOptions,
): Promise<void> {
  const name = secretName(server, key);
  const given = [value !== undefined, stdin === true, env !== undefined].filter(Boolean);
  if (given.length > 1) throw usage('give one value: as an argument, with --stdin, or with --env VARIABLE');
  const secret = (value ?? (env !== undefined ? fromEnvironment(context, env) : await readSecret(context, name, stdin === true))).trim();
  if (secret === '') throw usage('the value is empty; nothing was stored', `kosmo mcp:secret:unset ${server} ${key} forgets a secret`);
  await openSecretStore({ env: context.env }).set(name, secret);
  printDone({ server, key: name, configured: true }, `${name} is stored`, format);
  if (value !== undefined)
    printNote(
      "warning: the value stood on the command line, where other programs and the shell's history see it; --stdin or a prompt is safer",
    );
  const { effective } = await readServers(context);
  if (!effective.has(server)) printNote(`there is no MCP server '${server}' here yet`);
}

async function readSecret(context: CommandContext, name: string, fromStdin: boolean): Promise<string> {
  if (fromStdin) return (await readStdin()).toString('utf8');
  const prompt = isInteractive() ? openTerminalPrompt() : undefined;
  if (prompt === undefined)
    throw usage('give a value: as an argument, with --stdin, or with --env VARIABLE', 'kosmo mcp:secret:set --help');
  return (await prompt(`${name}: `, context.signal, true)) ?? '';
}

async function listSecrets(context: CommandContext, server: string | undefined, { json, pretty }: JsonOptions): Promise<void> {
  if (server !== undefined) checkServerName(server);
  const keys = await openSecretStore({ env: context.env }).keys(server === undefined ? 'mcp.' : `mcp.${server}.`);
  const secrets = keys.map((key) => ({ key, server: key.split('.')[1] ?? '', configured: true, masked: MASK }));
  if (json === true) printJson({ success: true, secrets }, pretty === true);
  else
    printTable(
      ['Server', 'Key', 'Value'],
      secrets.map(({ key, server: name, masked }) => [name, key, masked]),
    );
}

async function unsetSecret(context: CommandContext, server: string, key: string, format: JsonOptions): Promise<void> {
  const name = secretName(server, key);
  const store = openSecretStore({ env: context.env });
  const found = (await store.keys(name)).includes(name);
  await store.unset(name);
  printDone({ server, key: name, configured: false }, found ? `${name} is forgotten` : `${name} was not set`, format);
}

// With or without what every key begins with.
function secretName(server: string, key: string): string {
  checkServerName(server);
  const own = key.startsWith(`mcp.${server}.`) ? key.slice(`mcp.${server}.`.length) : key;
  if (/^\w[\w./-]*$/.test(own) && !own.endsWith('.')) return `mcp.${server}.${own}`;
  throw usage(`a key has letters, digits, _, -, / and dots, not '${key}'`, `for example: kosmo mcp:secret:set ${server} token --stdin`);
}

function fromEnvironment(context: CommandContext, variable: string): string {
  const { [variable]: value } = context.env;
  if (value === undefined || value === '') throw usage(`the environment has no ${variable}`);
  return value;
}

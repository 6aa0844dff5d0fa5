import type { Command } from 'commander';
import { openSecretStore } from '../../../../credentials/index.ts';
import { readServers } from '../../../../mcp-client/index.ts';
import type { CommandContext } from '../../../context.ts';
import { secretName } from '../../../mcp/secret-name.ts';
import { addJsonOptions } from '../../../options/json.ts';
import { type JsonOptions, printDone } from '../../../options/mcp-scope.ts';
import { readStdin, usage } from '../../../options/parse-values.ts';
import { isInteractive } from '../../../terminal/capabilities.ts';
import { printNote } from '../../../terminal/output.ts';
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

interface Target {
  readonly server: string;
  readonly key: string;
  readonly value: string | undefined;
}

/** `kosmo mcp:secret:set`: stores a secret of a server, encrypted. */
export function addMcpSecretSetCommand(program: Command, context: CommandContext): void {
  const command = program
    .command('mcp:secret:set')
    .description('store an encrypted secret')
    .argument('<server>')
    .argument('<key>', 'such as token')
    .argument('[value]', 'others can see it in the list of processes: better --stdin');
  addJsonOptions(command)
    .option('--stdin', 'read the value from stdin')
    .option('--env <variable>', 'take the value of an environment variable')
    .addHelpText('after', EXAMPLES)
    .action((server: string, key: string, value: string | undefined, options: SetOptions) =>
      setSecret(context, { server, key, value }, options),
    );
}

async function setSecret(context: CommandContext, { server, key, value }: Target, { stdin, env, ...format }: SetOptions): Promise<void> {
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

function fromEnvironment(context: CommandContext, variable: string): string {
  const { [variable]: value } = context.env;
  if (value === undefined || value === '') throw usage(`the environment has no ${variable}`);
  return value;
}

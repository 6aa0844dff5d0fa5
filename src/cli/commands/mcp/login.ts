import type { Command } from 'commander';
import { KosmoError } from '../../../errors/index.ts';
import { checkServerName, findServer, logIn, logOut, readServers } from '../../../mcp-client/index.ts';
import type { CommandContext } from '../../context.ts';
import { addJsonOptions } from '../../options/json.ts';
import { type JsonOptions, printDone } from '../../options/mcp-scope.ts';
import { isInteractive } from '../../terminal/capabilities.ts';
import { escapeControlCharacters } from '../../terminal/visible-text.ts';

/** `mcp:login` and `mcp:logout`, for servers that want an OAuth login. */
export function addMcpLoginCommands(program: Command, context: CommandContext): void {
  addJsonOptions(program.command('mcp:login').description('log in to an MCP server in a browser').argument('<server>')).action(
    (name: string, format: JsonOptions) => logInTo(context, name, format),
  );
  addJsonOptions(program.command('mcp:logout').description('delete the tokens of an MCP server').argument('<server>')).action(
    async (server: string, format: JsonOptions) => {
      checkServerName(server);
      const known = await logOut(server, context.env);
      printDone({ server, logged_in: false }, known ? `the tokens of ${server} are forgotten` : `there are no tokens of ${server}`, format);
    },
  );
}

async function logInTo(context: CommandContext, name: string, format: JsonOptions): Promise<void> {
  const { env, folder } = context;
  const entry = findServer(await readServers({ env, folder }), name);
  if (!isInteractive()) {
    throw new KosmoError('NOT_CONFIGURED', `A login to MCP server '${name}' needs a terminal.`, {
      hint: `run kosmo mcp:login ${name} on a terminal, as the same user; the tokens are kept for later runs`,
    });
  }
  const show = (url: string): void =>
    void context.stderr.write(`Open this address in a browser on this machine, and log in there:\n\n  ${escapeControlCharacters(url)}\n\n`);
  const done = await logIn(entry, env, show, context.signal);
  printDone({ server: name, logged_in: true }, done ? `you are logged in to ${name}` : `${name} needs no login now`, format);
}

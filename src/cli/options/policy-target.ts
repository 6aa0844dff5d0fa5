import { toAccountName } from '../../integration/index.ts';
import { type AllowedFunction, parseFunction } from '../../policy/index.ts';
import { integrationSummaries } from '../../runtime/index.ts';
import type { CommandContext } from '../context.ts';
import { writeExample } from '../help-examples.ts';
import { usage } from './parse-values.ts';

/** The account that a function name or `--account` gives; null for none. Throws `USAGE`. */
export function accountOf(
  { provider, account: named }: Pick<AllowedFunction, 'provider' | 'account'>,
  given: string | undefined,
): string | null {
  if (given === undefined) return named;
  if (!provider.hasAccounts) throw usage('MCP servers have no accounts: leave out --account');
  if (named !== null && given !== named) throw usage(`the function names the account ${named}, and --account ${given}`);
  if (!/^[a-z][a-z0-9_]*$/.test(given))
    throw usage(
      `--account takes a name of lower-case letters, digits and _, such as production, not '${given}'`,
      `did you mean --account ${toAccountName(given)}?`,
    );
  return given;
}

/** The function that an argument of `command` names. Throws `USAGE` with what could be meant. */
export async function findFunction(context: CommandContext, name: string, command: string): Promise<AllowedFunction> {
  const complaint = `${command} takes the name of one function`;
  const [server = '', ...words] = name.split('.');
  if (words.length > 0 && server !== 'mcp' && integrationSummaries.every(({ id }) => id !== server)) {
    const { readServers } = await import('../../mcp-client/index.ts');
    if ((await readServers(context)).effective.has(server)) throw usage(`${complaint}, not '${name}'`, `did you mean mcp.${name}?`);
  }
  return parseFunction(name, integrationSummaries, complaint, `write it as ${writeExample()}, or mcp.github.create_issue`);
}

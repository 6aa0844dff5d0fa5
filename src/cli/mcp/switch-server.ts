import { readServers, scopeOf, setEnabled } from '../../mcp-client/index.ts';
import type { CommandContext } from '../context.ts';
import { type JsonOptions, printDone, type ScopeOptions, scopeFrom } from '../options/mcp-scope.ts';

/** Switches a server on or off in its file, and reports it. */
export async function switchServer(
  context: CommandContext,
  name: string,
  enabled: boolean,
  options: JsonOptions & ScopeOptions,
): Promise<void> {
  const file = await setEnabled(await readServers(context), name, enabled, scopeFrom(options));
  const sentence = `${name} of ${file.path} is ${enabled ? 'enabled' : 'disabled'}`;
  printDone({ server: name, path: file.path, scope: scopeOf(file), enabled }, sentence, options);
}

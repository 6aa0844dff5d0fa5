import type { Command } from 'commander';
import type { FunctionReport, Host, ProviderReport } from '../../../runtime/index.ts';
import { findTool } from '../../call/find-tool.ts';
import type { CommandContext } from '../../context.ts';
import { addJsonOptions } from '../../options/json.ts';
import { printJson, printNote, printTable } from '../../terminal/output.ts';

interface JsonOptions {
  readonly json?: true;
  readonly pretty?: true;
}

/** The commands that tell what there is: `integrations:list`, `status`, `search` and `schema`. */
export function addDiscoveryCommands(program: Command, context: CommandContext): void {
  const add = (name: string, description: string, show: (host: Host, words: readonly string[], format: JsonOptions) => void): Command => {
    const command = program.command(`integrations:${name}`).description(description);
    return addJsonOptions(command).action(async () => {
      const host = await context.host();
      try {
        show(host, command.args, command.opts<JsonOptions>());
      } finally {
        await host.close();
      }
    });
  };
  add('list', 'list integrations and functions', showList);
  add('status', 'show which accounts are configured', showStatus);
  add('search', 'search for functions', showSearch).argument('<words...>');
  // A schema is JSON in any case, and so is the failure to find one.
  add('schema', "print a function's parameters as JSON Schema", showSchema).argument('<function>').setOptionValue('json', true);
}

function showList(host: Host, _words: readonly string[], { json, pretty }: JsonOptions): void {
  const providers = host.providers();
  if (json === true) printJson({ success: true, providers }, pretty === true);
  else printFunctions(Object.values(providers).flatMap(({ functions }) => functions));
}

function showStatus(host: Host, _words: readonly string[], { json, pretty }: JsonOptions): void {
  const providers = Object.entries(host.providers());
  if (json === true) {
    const states = providers.map(([id, provider]) => [id, withCount(provider)]);
    printJson({ success: true, providers: Object.fromEntries(states) }, pretty === true);
    return;
  }
  printTable(
    ['Provider', 'Account', 'Configured', 'Missing'],
    providers.flatMap(([id, { missing_credentials: missing }]) =>
      Object.entries(missing).map(([account, fields]) => [id, account, fields.length === 0 ? 'yes' : 'no', fields.join(', ')]),
    ),
  );
}

function withCount({ functions, ...provider }: ProviderReport): Omit<ProviderReport, 'functions'> & { readonly functions: number } {
  return { ...provider, functions: functions.length };
}

function showSearch(host: Host, words: readonly string[], { json, pretty }: JsonOptions): void {
  const query = words.join(' ');
  const functions = host.search(query);
  if (json === true) printJson({ success: true, query, functions }, pretty === true);
  else if (functions.length === 0) printNote('nothing found');
  else printFunctions(functions);
}

function printFunctions(functions: readonly FunctionReport[]): void {
  printTable(
    ['Function', 'Operation', 'Status', 'Description'],
    functions.map(({ name, operation, active, description }) => [name, operation, active ? 'active' : 'inactive', description]),
  );
}

function showSchema(_host: Host, [name = '']: readonly string[], { pretty }: JsonOptions): void {
  const [id = '', ...rest] = name.replace(/^(?:app\.)?integrations\./, '').split('.');
  printJson(findTool(id, rest.join('.')).tool.input, pretty === true);
}

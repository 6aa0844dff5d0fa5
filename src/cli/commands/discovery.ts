import type { Command } from 'commander';
import { KosmoError } from '../../errors/index.ts';
import type { FunctionReport, Host } from '../../runtime/index.ts';
import { hostOptions } from '../host-options.ts';
import { printJson, printNote, printTable } from '../output.ts';
import { usage } from '../values.ts';

interface Format {
  readonly json?: true;
  readonly pretty?: true;
}

/** The commands that tell what there is: `integrations:list`, `status`, `search`, `docs`, `examples` and `schema`. */
export function addDiscoveryCommands(program: Command, packageRoot: string): void {
  const add = (name: string, description: string, show: (host: Host, word: string, format: Format) => void, argument?: string): void => {
    const command = program.command(`integrations:${name}`).description(description);
    if (argument !== undefined) command.argument(argument);
    command
      .option('--json', 'print one JSON document instead of text')
      .option('--pretty', 'indent the JSON document')
      .action(async () => {
        const { createHost } = await import('../../runtime/index.ts');
        const host = await createHost(hostOptions(packageRoot));
        try {
          show(host, command.args[0] ?? '', command.opts<Format>());
        } finally {
          await host.close();
        }
      });
  };
  add('list', 'list the integrations and their functions', showList);
  add('status', 'tell which accounts are configured', showStatus);
  add('search', 'find functions by words', showSearch, '<words>');
  add('docs', 'print a page of the documentation, or the list of pages', showDocs, '[page]');
  add('examples', 'the same as docs', showDocs, '[page]');
  add('schema', "print a function's parameters as JSON Schema", showSchema, '<function>');
}

function showList(host: Host, _word: string, { json, pretty }: Format): void {
  const providers = host.providers();
  if (json === true) printJson({ success: true, providers }, pretty === true);
  else
    printTable(
      ['Function', 'Operation', 'Status', 'Description'],
      Object.values(providers).flatMap(({ functions }) => functions.map(functionRow)),
    );
}

function showStatus(host: Host, _word: string, { json, pretty }: Format): void {
  const providers = host.providers();
  if (json === true) {
    const states = Object.entries(providers).map(([id, { active, configured, accounts, auth_strategy, functions }]) => [
      id,
      { active, configured, accounts: accounts.map(({ name }) => name), functions: functions.length, auth_strategy },
    ]);
    printJson({ success: true, providers: Object.fromEntries(states) }, pretty === true);
    return;
  }
  printTable(
    ['Provider', 'Account', 'Configured', 'Missing'],
    Object.entries(providers).flatMap(([id, { accounts }]) =>
      accounts.map(({ name, missing }) => [id, name, missing.length === 0 ? 'yes' : 'no', missing.join(', ')]),
    ),
  );
}

function showSearch(host: Host, query: string, { json, pretty }: Format): void {
  const functions = host.search(query);
  if (json === true) printJson({ success: true, query, functions }, pretty === true);
  else if (functions.length === 0) printNote('nothing found');
  else printTable(['Function', 'Operation', 'Status', 'Description'], functions.map(functionRow));
}

function functionRow({ name, operation, active, description }: FunctionReport): string[] {
  return [name, operation, active ? 'active' : 'inactive', description];
}

function showDocs(host: Host, page: string, { json, pretty }: Format): void {
  const { text, found } = host.readDocs(page);
  if (!found) throw usage(text, 'kosmo integrations:docs lists the pages');
  if (json !== true) {
    process.stdout.write(`${text}\n`);
    return;
  }
  const report = findFunction(host, page);
  printJson({ success: true, name: report?.name ?? page, text, ...(report ?? {}) }, pretty === true);
}

function showSchema(host: Host, name: string, { pretty }: Format): void {
  const report = findFunction(host, name);
  if (report === undefined) {
    const close = host.search(name.split('.').at(-1) ?? '').map((found) => found.name);
    throw new KosmoError(
      'UNKNOWN_FUNCTION',
      `Unknown integration function: ${name}`,
      close.length === 0
        ? { hint: 'kosmo integrations:list lists the functions' }
        : { hint: `did you mean ${close.slice(0, 3).join(', ')}?` },
    );
  }
  printJson(report.input_schema, pretty === true);
}

function findFunction(host: Host, name: string): FunctionReport | undefined {
  const wanted = name.replace(/^(?:app\.)?integrations\./, '');
  return Object.values(host.providers())
    .flatMap(({ functions }) => functions)
    .find((report) => report.name === wanted);
}

import type { Command } from 'commander';
import type { Host, ProviderReport } from '../../../runtime/index.ts';
import type { CommandContext } from '../../context.ts';
import { addJsonOptions } from '../../options/json.ts';
import { withHost } from '../../scripts/with-host.ts';
import { printJson, printTable } from '../../terminal/output.ts';

interface JsonOptions {
  readonly json?: true;
  readonly pretty?: true;
}

const EXAMPLES = `
Examples:
  kosmo integrations:status
  kosmo integrations:status --json`;

/** `kosmo integrations:status`: which accounts are configured, and what others lack. */
export function addStatusCommand(program: Command, context: CommandContext): void {
  addJsonOptions(program.command('integrations:status').description('show which accounts are configured'))
    .addHelpText('after', EXAMPLES)
    .action((options: JsonOptions) => withHost(context, (host) => showStatus(host, options)));
}

function showStatus(host: Host, { json, pretty }: JsonOptions): void {
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

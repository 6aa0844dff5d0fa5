import type { Command } from 'commander';
import { suggest } from '../../catalog/index.ts';
import { ERROR_CODES, type ErrorCode, KosmoError } from '../../errors/index.ts';
import { type CallReport, createHost, type DescribedIntegration, describedIntegrations } from '../../runtime/index.ts';
import { readCallArguments } from '../call-arguments.ts';
import { hostOptions } from '../host-options.ts';
import { abortOnSignals } from '../interrupt.ts';
import { printError, printJson, printValue } from '../output.ts';
import { terminalPrompt } from '../prompt.ts';
import { usage } from '../values.ts';

interface CallOptions {
  readonly account?: string;
  readonly json?: true;
  readonly pretty?: true;
  readonly force?: true;
  readonly emulator?: true;
}

/** `kosmo integrations:call agora.query_recording …` and `kosmo integrations:agora query_recording …`. */
export function addCallCommands(program: Command, packageRoot: string): void {
  withCallOptions(program.command('integrations:call'))
    .description('call one function')
    .argument('<function>', 'full name, for example agora.query_recording')
    .argument('[arguments...]', 'a JSON object (- for stdin), and flags of the parameters: --cname room')
    .addHelpText(
      'after',
      '\nExamples:\n  kosmo integrations:call agora.get_notification_ips --json\n  kosmo integrations:call agora.query_recording --resource-id R --sid S --mode mix',
    )
    .action(async (fullName: string, words: readonly string[], options: CallOptions) => {
      const [id = '', ...rest] = fullName.split('.');
      await callFunction(id, rest.join('.'), words, options, packageRoot);
    });
  for (const { id, title, tools } of describedIntegrations) {
    withCallOptions(program.command(`integrations:${id}`))
      .description(`call a function of ${title}; without one, its documentation`)
      .argument('[function]', tools.map(({ name }) => name).join(', '))
      .argument('[arguments...]', 'a JSON object (- for stdin), and flags of the parameters: --cname room')
      .addHelpText(
        'after',
        `\nExamples:\n  kosmo integrations:${id}\n  kosmo integrations:${id} query_recording --resource-id R --sid S --mode mix --json`,
      )
      .action(async (name: string | undefined, words: readonly string[], options: CallOptions) => {
        if (name !== undefined) return callFunction(id, name, words, options, packageRoot);
        const host = await createHost(hostOptions(packageRoot));
        if (options.json === true) printJson({ success: true, page: id, text: host.readDocs(id).text }, options.pretty === true);
        else process.stdout.write(`${host.readDocs(id).text}\n`);
      });
  }
}

function withCallOptions(command: Command): Command {
  return command
    .allowUnknownOption()
    .option('--account <name>', 'credential account', 'default')
    .option('--json', 'print one JSON document')
    .option('--pretty', 'indent the JSON document')
    .option('--force', 'allow a write without asking')
    .option('--emulator', 'send the call to an emulator in this process');
}

async function callFunction(id: string, name: string, words: readonly string[], options: CallOptions, packageRoot: string): Promise<void> {
  const tool = findTool(id, name);
  const { account = 'default' } = options;
  if (!/^[a-z][a-z0-9_]*$/.test(account))
    throw usage(`--account takes a name of lower-case letters, digits and _, such as production, not '${account}'`);
  const args = await readCallArguments(words, tool.input);
  const ask = terminalPrompt();
  const host = await createHost(hostOptions(packageRoot, options.emulator === true));
  try {
    const report = await host.call(
      { integration: id, name, account, args },
      { policy: { force: options.force === true, ...(ask === undefined ? {} : { ask }) }, signal: abortOnSignals() },
    );
    if (options.json === true) printJson(report, options.pretty === true);
    else printForPeople(report);
    process.exitCode = report.error_detail === null ? 0 : ERROR_CODES[report.error_detail.code as ErrorCode].exitCode;
  } finally {
    await host.close();
  }
}

function findTool(id: string, name: string): DescribedIntegration['tools'][number] {
  const integration = describedIntegrations.find((candidate) => candidate.id === id);
  if (integration === undefined || name === '') throw unknownFunction(id, name);
  const { tools } = integration;
  const tool = tools.find((candidate) => candidate.name === name);
  if (tool !== undefined) return tool;
  const names = tools.map((candidate) => candidate.name);
  const close = suggest(name, names).map((candidate) => `${id}.${candidate}`);
  throw unknownFunction(
    id,
    name,
    close.length === 0 ? `kosmo integrations:${id} lists the functions` : `did you mean ${close.join(', ')}?`,
  );
}

function unknownFunction(id: string, name: string, hint?: string): KosmoError {
  const fullName = name === '' ? id : `${id}.${name}`;
  const ids = describedIntegrations.map((integration) => integration.id).join(', ');
  return new KosmoError('UNKNOWN_FUNCTION', `Unknown integration function: ${fullName}`, {
    details: { function_name: fullName },
    hint: hint ?? `write <integration>.<function>; integrations: ${ids}, and kosmo integrations:<integration> lists the functions`,
  });
}

function printForPeople({ data, error_detail: detail }: CallReport): void {
  if (detail !== null) printError(detail);
  else printValue(data);
}

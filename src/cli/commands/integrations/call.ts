import type { Command } from 'commander';
import { toKosmoError, withDetails } from '../../../errors/index.ts';
import { type CallReport, type IntegrationSummary, integrationSummaries, noEmulatorError } from '../../../runtime/index.ts';
import { readCallArguments } from '../../call/arguments.ts';
import { findTool } from '../../call/find-tool.ts';
import { splitFunctionForm } from '../../call/function-form.ts';
import { isHelpWanted, printHelp } from '../../call/help.ts';
import { splitOwnOptions } from '../../call/own-options.ts';
import { printCall } from '../../call/print-call.ts';
import { hasPipedStdin } from '../../call/stdin.ts';
import type { CommandContext } from '../../context.ts';
import { readExample } from '../../help-examples.ts';
import { addJsonOptions } from '../../options/json.ts';
import { usage } from '../../options/parse-values.ts';
import { addAllowFlag, type PolicyFlags, readPolicy } from '../../options/policy.ts';
import { pageDocument } from '../../page-document.ts';
import { openRequestedStream } from '../../terminal/event-stream.ts';
import { displayText, exitCodeOf, printJson, printNote } from '../../terminal/output.ts';
import { startSpinner } from '../../terminal/spinner.ts';

interface CallOptions extends PolicyFlags {
  readonly account?: string;
  readonly arg?: readonly string[];
  readonly json?: true;
  readonly pretty?: true;
  readonly stream?: true;
  readonly dryRun?: true;
  readonly emulator?: true;
}

const WORDS = 'a JSON object (- for stdin), and flags of the parameters: --cname room or cname=room';

/** `kosmo integrations:call {read} …`. */
export function addCallCommand(program: Command, context: CommandContext): void {
  const call = withCallOptions(program.command('integrations:call'))
    .description('call one function')
    .argument('<function>', 'full name, for example {read}')
    .argument('[arguments...]', WORDS)
    .addHelpText('after', '\nExamples:\n  kosmo integrations:call {call} --json\n  kosmo integrations:call {write} --help')
    .action(async () => {
      const [word = '', ...others] = call.args;
      const [fullName = '', ...form] = splitFunctionForm(word);
      const words = [...form, ...others];
      const [id = '', ...rest] = fullName.split('.');
      await callFunction(call, context, { owner: id, functionName: rest.join('.'), words });
    });
}

/** `kosmo integrations:agora query_recording …`, for one integration: the descriptions of the others are not read. */
export function addIntegrationCommand(program: Command, context: CommandContext, integration: IntegrationSummary): void {
  const { id, title, tools } = integration;
  const command = withCallOptions(program.command(`integrations:${id}`))
    .description(`call a function of ${title}`)
    .argument('[function]', tools.map(({ name }) => name).join(', '))
    .argument('[arguments...]', WORDS)
    .addHelpText('after', () => `\nExamples:\n  kosmo integrations:${id}\n  kosmo integrations:${id} ${readExample(integration)} --json`)
    .action(async () => {
      const [name, ...words] = command.args;
      if (name !== undefined) {
        const [functionName = name, ...form] = splitFunctionForm(name);
        return callFunction(command, context, { owner: id, functionName, words: [...form, ...words] });
      }
      const { json, pretty } = command.opts<CallOptions>();
      const host = await context.host();
      const page = pageDocument(host, id, 'text');
      if (json === true) printJson(page, pretty === true);
      else context.stdout.write(`${displayText(page.text)}\n`);
    });
}

// What follows the function is read by `splitOwnOptions` and `readCallArguments`.
function withCallOptions(command: Command): Command {
  return addJsonOptions(addAllowFlag(command), 'print one JSON document')
    .allowUnknownOption()
    .passThroughOptions()
    .option('--account <name>', 'credential account', 'default')
    .option('--arg <key=value>', 'set a parameter, even one that has the name of an option (repeatable)', collect)
    .option('--stream', 'print the calls that it is made of as JSON lines while they are made, the document of --json last')
    .option('--dry-run', 'show the request, and send nothing')
    .option('--force', 'allow the call without asking, and if it is denied')
    .option('--emulator', 'send the call to an emulator in this process');
}

interface CalledFunction {
  /** The id of the integration. */
  readonly owner: string;
  readonly functionName: string;
  readonly words: readonly string[];
}

async function callFunction(command: Command, context: CommandContext, { owner, functionName, words }: CalledFunction): Promise<void> {
  const given = splitOwnOptions(command, words);
  const options = command.opts<CallOptions>();
  const stream = openRequestedStream(options);
  if (owner.startsWith('-') || functionName.startsWith('-')) throw usage('the function comes first', `kosmo ${command.name()} --help`);
  const { id, tool } = findTool(owner, functionName);
  const { name } = tool;
  if (isHelpWanted(given)) return printHelp(command, id, tool);
  if (options.emulator === true && integrationSummaries.find((summary) => summary.id === id)?.hasEmulator !== true)
    throw noEmulatorError('USAGE', id);
  const { account = 'default', json = false, pretty = false, dryRun = false, arg: assignments = [] } = options;
  if (!/^[a-z][a-z0-9_]*$/.test(account))
    throw usage(`--account takes a name of lower-case letters, digits and _, such as production, not '${account}'`);
  const ownFlags = command.options.flatMap(({ long }) => long ?? []);
  const args = await readCallArguments(given, assignments, tool, ownFlags).catch((thrown: unknown) => {
    throw withDetails(toKosmoError(thrown), { function_name: `${id}.${name}` });
  });
  const { ask, ...policy } = readPolicy(options);
  const host = await context.host({ emulator: options.emulator === true });
  const spinner = startSpinner(`${id}.${name}`, stream === undefined && (!json || context.stdout.isTTY === true));
  try {
    const report = await host.call(
      { integration: id, name, account, args },
      {
        policy: { ...policy, ...(ask === undefined ? {} : { ask: spinner.pausedFor(ask) }) },
        signal: context.signal,
        dryRun,
        onCall: stream?.call,
      },
    );
    spinner.stop();
    if (stream !== undefined) stream.result(report);
    else if (json) printJson(report, pretty);
    else printCall(report);
    if (given.length + assignments.length > 0 && isMissingSomething(report) && hasPipedStdin())
      printNote('note: stdin was not read, since there were arguments; - reads a JSON object from it');
    context.exitCode = exitCodeOf(report.error_detail);
  } finally {
    spinner.stop();
    await host.close();
  }
}

function collect(value: string, all: readonly string[] = []): readonly string[] {
  return [...all, value];
}

function isMissingSomething({ error_detail: detail }: CallReport): boolean {
  return detail?.code === 'INVALID_ARGUMENTS' && detail.message.includes('Missing required');
}

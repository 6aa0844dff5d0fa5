import type { Command } from 'commander';
import { toKosmoError, withDetails } from '../../errors/index.ts';
import type { CallReport, Host } from '../../runtime/index.ts';
import type { CommandContext } from '../context.ts';
import { parseSeconds, usage } from '../options/parse-values.ts';
import { type PolicyFlags, readPolicy } from '../options/policy.ts';
import { elicitationPrompt } from '../terminal/elicitation-prompt.ts';
import { exitCodeOf, printJson } from '../terminal/output.ts';
import { startSpinner } from '../terminal/spinner.ts';
import { printCall } from './print-call.ts';

interface ReportOptions extends PolicyFlags {
  readonly json?: true;
  readonly pretty?: true;
  readonly dryRun?: true;
  readonly timeout?: string;
}

/** `fake.echo`, with or without `mcp.` before it. Throws `USAGE`. */
export function splitToolName(name: string): { readonly server: string; readonly tool: string } {
  const [, server = '', tool = ''] = /^(?:app\.)?(?:mcp\.)?([^.]+)\.(.+)$/s.exec(name) ?? [];
  if (server === '' || name.startsWith('-')) throw usage(`expected <server>.<tool>, not '${name}'`, 'kosmo mcp:tools lists them');
  return { server, tool };
}

type MakeCall = (options: Parameters<Host['mcp']['call']>[3]) => Promise<CallReport>;

/** The deadline of `--timeout` in milliseconds. */
export function readTimeout(seconds: string | undefined): number | undefined {
  return seconds === undefined ? undefined : parseSeconds('--timeout', seconds);
}

/** Makes a call that `prepare` prepares, and prints its envelope. */
export async function runAndReport(
  command: Command,
  context: CommandContext,
  name: string,
  prepare: (host: Host) => Promise<MakeCall | undefined>,
  show: (report: CallReport) => unknown = (report) => report,
): Promise<void> {
  const { json = false, pretty = false, dryRun = false, timeout, ...flags } = command.opts<ReportOptions>();
  const { ask, ...given } = readPolicy(flags);
  const elicit = json ? undefined : elicitationPrompt();
  const host = await context.host({ canElicit: elicit !== undefined, mcpTimeoutMs: readTimeout(timeout) });
  const spinner = startSpinner(name, !json || context.stdout.isTTY === true);
  try {
    const call = await prepare(host).catch((thrown: unknown) => {
      throw withDetails(toKosmoError(thrown), { function_name: name });
    });
    const policy = { ...given, ...(ask === undefined ? {} : { ask: spinner.pausedFor(ask) }) };
    const report = await call?.({ policy, signal: context.signal, dryRun, elicit: elicit && spinner.pausedFor(elicit) });
    spinner.stop();
    if (report === undefined) return;
    if (json) printJson(show(report), pretty);
    else printCall(report);
    context.exitCode = exitCodeOf(report.error_detail);
  } finally {
    spinner.stop();
    await host.close();
  }
}

/** The envelope of what a server has besides tools: the data under a name of its own. */
export function wrapData(name: string): (report: CallReport) => Readonly<Record<string, unknown>> {
  return ({ success, data, error, error_detail }) => ({ success, [name]: data, error, error_detail });
}

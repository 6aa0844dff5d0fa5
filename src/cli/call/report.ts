import type { Command } from 'commander';
import { toKosmoError, withDetails } from '../../errors/index.ts';
import type { JsonObject, JsonValue } from '../../json/index.ts';
import type { CallEvent, CallReport, Host } from '../../runtime/index.ts';
import type { CommandContext } from '../context.ts';
import { parseSeconds, usage } from '../options/parse-values.ts';
import { type PolicyFlags, readPolicy } from '../options/policy.ts';
import { elicitationPrompt } from '../terminal/elicitation-prompt.ts';
import { exitCodeOf, printJson } from '../terminal/output.ts';
import { startSpinner } from '../terminal/spinner.ts';
import { printCall } from './print-call.ts';
import { printPrompts, printResources } from './print-feature.ts';
import { type FileTarget, printPieces, promptPieces, readResourcePieces, toolPieces } from './print-result.ts';
import { openSaveFolder } from './save-files.ts';

/** The help of `--save`. */
export const SAVE_HELP = 'write pictures, sound and resources into this folder';

interface ReportOptions extends PolicyFlags {
  readonly json?: true;
  readonly pretty?: true;
  readonly dryRun?: true;
  readonly timeout?: string;
  readonly save?: string;
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

/** What a command prints of a successful call: its JSON document, and the data for a person. */
export interface ReportForm {
  readonly document: (report: CallReport) => unknown;
  /** Resolves to whether every file was saved. */
  readonly print: (view: ReportView) => Promise<boolean>;
}

interface ReportView {
  readonly data: JsonValue;
  /** The result as the server sent it. */
  readonly raw: JsonObject | undefined;
  readonly name: string;
  readonly files: FileTarget;
  /** The templates of the server's resources. */
  readonly templates: () => Promise<JsonValue>;
}

const CALL_FORM: ReportForm = {
  document: (report) => report,
  print: ({ data, raw, files }) => printPieces(toolPieces(data, raw), files),
};

export interface ReportedCall {
  /** The name of the function in messages. */
  readonly name: string;
  /** Returns nothing if there is no call to make. */
  readonly prepare: (host: Host) => Promise<MakeCall | undefined>;
  /** @default the envelope, and the content of the result for people */
  readonly form?: ReportForm;
}

/** Makes a call, and prints its envelope. */
export async function runAndReport(
  command: Command,
  context: CommandContext,
  { name, prepare, form = CALL_FORM }: ReportedCall,
): Promise<void> {
  const { json = false, pretty = false, dryRun = false, timeout, save, ...flags } = command.opts<ReportOptions>();
  const { ask, ...given } = readPolicy(flags);
  const elicit = json ? undefined : elicitationPrompt();
  const folder = save === undefined || dryRun ? undefined : await openSaveFolder(save);
  const host = await context.host({ canElicit: elicit !== undefined, mcpTimeoutMs: readTimeout(timeout) });
  const spinner = startSpinner(name, !json || context.stdout.isTTY === true);
  try {
    const call = await prepare(host).catch((thrown: unknown) => {
      throw withDetails(toKosmoError(thrown), { function_name: name });
    });
    const policy = { ...given, ...(ask === undefined ? {} : { ask: spinner.pausedFor(ask) }) };
    let raw: JsonObject | undefined;
    const relay = { onResult: (result: JsonObject) => (raw = result) };
    const onCall = (event: CallEvent): void => spinner.show(`${name}${progressText(event)}`);
    const report = await call?.({ policy, signal: context.signal, dryRun, elicit: elicit && spinner.pausedFor(elicit), relay, onCall });
    const templates = async (): Promise<JsonValue> =>
      (await host.mcp.callFeature(name, 'templates', {}, { policy: given, signal: context.signal })).data;
    if (report === undefined) return;
    const files = { folder, fallbackName: name.replace(/^[^.]*\./, ''), isJson: json };
    const print = (): Promise<boolean> => form.print({ data: report.data, raw, name, files, templates });
    spinner.stop();
    if (json) printJson(form.document(report), pretty);
    else printCall(report, () => undefined);
    const isComplete = report.error_detail !== null || dryRun || (json && folder === undefined) || (await print());
    context.exitCode = isComplete ? exitCodeOf(report.error_detail) : 1;
  } finally {
    spinner.stop();
    await folder?.close();
    await host.close();
  }
}

function progressText(event: CallEvent): string {
  if (event.event !== 'progress') return '';
  const { progress, total, message = '' } = event;
  return `  ${progress}${total === undefined ? '' : `/${total}`}${message === '' ? '' : `  ${message}`}`;
}

const PRINTERS: Readonly<Record<string, ReportForm['print']>> = {
  async resources({ data, name, templates, files }) {
    if (!files.isJson) printResources(name, data, await templates());
    return true;
  },
  async prompts({ data, name, files }) {
    if (!files.isJson) printPrompts(name, data);
    return true;
  },
  resource: ({ data, files }) => printPieces(readResourcePieces(data), files),
  prompt: ({ data, files }) => printPieces(promptPieces(data), files),
};

/** The form of what a server has besides tools: the data under a name of its own. */
export function wrapData(name: 'resources' | 'resource' | 'prompts' | 'prompt'): ReportForm {
  return {
    document: ({ success, data, error, error_detail }) => ({ success, [name]: data, error, error_detail }),
    print: PRINTERS[name] as ReportForm['print'],
  };
}

import { type ErrorDetail, exitCodeOf as exitCodeOfError, type KosmoError } from '../../errors/index.ts';
import type { JsonValue } from '../../json/index.ts';
import type { Finding, RunReport } from '../../runtime/index.ts';
import { isQuiet, width } from './capabilities.ts';
import { paint, type Style } from './colors.ts';
import { terminalInfo, writeFinal } from './fast-stdout.ts';
import { streams } from './streams.ts';
import { layOutTable } from './table.ts';
import { escapeControlCharacters, visibleLine } from './visible-text.ts';

const STDOUT = terminalInfo('stdout');

/** One JSON document on stdout: on one line for machines, indented for a terminal or with `--pretty`. */
export function printJson(value: unknown, pretty: boolean): void {
  printText(JSON.stringify(withErrorFields(value), null, pretty || STDOUT.isTTY ? 2 : 0));
}

// Every document has them, so that who reads it need not ask what it is first.
function withErrorFields(value: unknown): unknown {
  const { success } = (value ?? {}) as { readonly success?: unknown };
  return success === true ? { ...(value as object), error: null, error_detail: null } : value;
}

/** A value for people, on stdout: text as it is, anything else as JSON. */
export function printValue(value: JsonValue): void {
  printText(typeof value === 'string' ? value : JSON.stringify(value, null, 2));
}

/** Rows for people, on stdout, under their headings: within the width of a terminal, and words of a state in its colour. */
export function printTable(headings: readonly string[], rows: readonly (readonly string[])[]): void {
  const cells = rows.map((row) =>
    row.map((text, column) => {
      const look = Object.hasOwn(STATES, text) ? STATES[text] : undefined;
      // The last column is for sentences, whose line breaks become spaces when it is laid out.
      return {
        text: column === row.length - 1 ? displayText(text) : cellText(text),
        ...(look === undefined ? {} : { paint: (plain: string) => paint(look, plain) }),
      };
    }),
  );
  const head = headings.map((text) => ({ text, paint: (plain: string) => paint('bold', plain) }));
  writeFinal(`${layOutTable([head, ...cells], width()).join('\n')}\n`);
}

const STATES: Readonly<Record<string, Style>> = {
  active: 'green',
  yes: 'green',
  inactive: 'dim',
  disabled: 'dim',
  no: 'yellow',
  write: 'yellow',
};

// A cell is one line, also for a program.
function cellText(text: string): string {
  return STDOUT.isTTY === true ? visibleLine(text) : text.replaceAll('\n', '\\n');
}

/** Text for stdout: exact where a program reads it, harmless on a terminal. */
export function displayText(text: string): string {
  return STDOUT.isTTY === true ? escapeControlCharacters(text) : text;
}

function printText(text: string): void {
  writeFinal(`${displayText(text)}\n`);
}

/** Prints an error on stderr: the message, the Lua traceback if it says more than the message, and the hint. */
export function printError(
  detail: Pick<ErrorDetail, 'message' | 'hint'> & {
    readonly traceback?: unknown;
    readonly stack?: unknown;
    readonly deferred_at?: unknown;
    readonly deferred_failures?: unknown;
    readonly deferred_failures_left_out?: unknown;
  },
): void {
  const { traceback, stack, hint, deferred_failures_left_out: leftOut } = detail;
  const label = (look: Style, text: string): string => paint(look, text, streams().stderr);
  const message = (failed: { readonly message: string; readonly deferred_at?: unknown }): string =>
    `${label('red', 'error:')} ${visibleLine(`${failed.message}${typeof failed.deferred_at === 'string' ? ` (in the function deferred at ${failed.deferred_at})` : ''}`)}`;
  const lines = [message(detail)];
  if (typeof traceback === 'string' && traceback.split('\n').length > 2) lines.push(escapeControlCharacters(traceback));
  if (hint !== undefined) lines.push(`${label('cyan', 'hint:')} ${visibleLine(hint)}`);
  if (typeof stack === 'string') lines.push(escapeControlCharacters(stack));
  if (Array.isArray(detail.deferred_failures)) lines.push(...detail.deferred_failures.map(message));
  if (typeof leftOut === 'number') lines.push(`${label('red', 'error:')} and ${leftOut} more deferred functions failed`);
  streams().stderr.write(`${lines.join('\n')}\n`);
}

/** A note, a warning or progress for people, on stderr; nothing with `--quiet`. */
export function printNote(text: string): void {
  if (isQuiet()) return;
  const [, label = '', rest = ''] = /^((?:note|warning): )?([\s\S]*)$/.exec(visibleLine(text)) ?? [];
  streams().stderr.write(`${label === '' ? '' : paint(label.startsWith('warning') ? 'yellow' : 'dim', label, streams().stderr)}${rest}\n`);
}

/** The envelope of a command that never began. */
export function failedCommand(error: KosmoError): { success: false; error: string; error_detail: ErrorDetail } {
  return { success: false, error: error.message, error_detail: error.toJSON() };
}

/** The envelope of `integrations:check`. */
export interface CheckReport {
  /** No errors; warnings there may be. */
  readonly success: boolean;
  /** How many errors were found, or what kept the files from being checked. */
  readonly error: string | null;
  readonly error_detail: ErrorDetail | null;
  readonly files: readonly string[];
  readonly errors: number;
  readonly warnings: number;
  readonly findings: readonly (Finding & { readonly file: string })[];
}

/** The envelope of a check that never began. */
export function failedCheck(error: KosmoError): CheckReport {
  return { success: false, error: error.message, error_detail: error.toJSON(), files: [], errors: 0, warnings: 0, findings: [] };
}

/** A line that a script printed: byte for byte, but on a terminal without what would draw there. */
export function printLine(line: Uint8Array): void {
  if (STDOUT.isTTY === true) streams().stdout.write(`${escapeControlCharacters(Buffer.from(line).toString('utf8'))}\n`);
  else printRawLine(line);
}

/** A line that a script printed, byte for byte, also on a terminal (`--raw`). */
export function printRawLine(line: Uint8Array): void {
  streams().stdout.write(Buffer.concat([line, NEWLINE]));
}

const NEWLINE = Buffer.from('\n');

/** The exit code of a run that ended with this error, or well. */
export function exitCodeOf(detail: Pick<ErrorDetail, 'code'> | null): number {
  return detail === null ? 0 : exitCodeOfError(detail);
}

/** The envelope of a Lua run that never began. */
export function failedRun(error: KosmoError): RunReport {
  return {
    success: false,
    output: '',
    result: null,
    error: error.message,
    error_detail: error.toJSON(),
    execution_time_ms: 0,
    memory_usage: 0,
    call_log: [],
    integration_calls: [],
    log: [],
    open_recordings: [],
    meta: { permission_bypassed: false, emulator: false, output_cut: false, cpu_time_ms: 0 },
  };
}

/** A truth value in a table. */
export function yesNo(value: boolean): string {
  return value ? 'yes' : 'no';
}

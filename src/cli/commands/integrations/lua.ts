import path from 'node:path';
import type { Command } from 'commander';
import {
  type LeftOpen,
  type LogEntry,
  ModuleReader,
  openRecord,
  openReplay,
  type RunJournal,
  type RunReport,
} from '../../../runtime/index.ts';
import type { CommandContext } from '../../context.ts';
import { addDirectServer, DIRECT_SERVER, takeDirectServer } from '../../options/direct-server.ts';
import { addJsonOptions } from '../../options/json.ts';
import { parseInput, parseMemoryLimit, parseSeconds, readFile, readStdin, usage } from '../../options/parse-values.ts';
import { addAllowFlag, type PolicyFlags, parseCap, readPolicy } from '../../options/policy.ts';
import { formatElapsed } from '../../terminal/elapsed.ts';
import { elicitationPrompt } from '../../terminal/elicitation-prompt.ts';
import { openRequestedStream } from '../../terminal/event-stream.ts';
import { exitCodeOf, printError, printJson, printLine, printNote, printRawLine, printValue } from '../../terminal/output.ts';

interface LuaOptions extends PolicyFlags {
  readonly eval?: readonly string[];
  readonly repl?: true;
  readonly json?: true;
  readonly pretty?: true;
  readonly stream?: true;
  readonly emulator?: true;
  readonly stopOnExit?: true;
  readonly raw?: true;
  readonly memoryLimit?: string;
  readonly cpuLimit?: string;
  readonly timeout?: string;
  readonly arg?: readonly string[];
  readonly input?: string;
  readonly record?: string;
  readonly replay?: string;
  readonly max?: readonly string[];
  readonly modulePath?: string;
}

const EXAMPLES = `
Examples:
  kosmo integrations:lua --eval 'print(docs.read("agora"))'
  kosmo integrations:lua --emulator --force --eval 'dump(app.integrations.agora.acquire_recording_resource{cname="room", uid="527841"})'
  kosmo integrations:lua workflow.lua --force --json --arg cname=room
  cat workflow.lua | kosmo integrations:lua --json
  kosmo integrations:lua workflow.lua --emulator --force --record workflow.jsonl
  kosmo integrations:lua workflow.lua --replay workflow.jsonl
  kosmo integrations:lua --repl --emulator`;

const MCP_EXAMPLES = `
Examples:
  kosmo mcp:lua --eval 'dump(mcp.servers())'
  kosmo mcp:lua --eval 'dump(app.mcp.github.search_issues{query = "is:open"})' --json
  kosmo mcp:lua --stdio "npx -y @modelcontextprotocol/server-everything" --eval 'dump(app.mcp.${DIRECT_SERVER}.echo{message = "hi"})'`;

const NO_CODE = 'Provide a Lua file, --eval code, or pipe Lua code on stdin.';

/** `kosmo integrations:lua`: runs a script from a file, an option or stdin, or a session at a prompt. */
export function addLuaCommand(program: Command, context: CommandContext): void {
  addScriptOptions(program.command('integrations:lua'))
    .description('run a Lua script')
    .option('--repl', 'run lines from the terminal or from stdin in one session')
    .option('--emulator', 'send calls of integrations to an emulator in this process')
    .option('--stop-on-exit', 'stop the recordings that the script leaves running, even if the policy denies it')
    .addHelpText('after', EXAMPLES)
    .action(async (file: string | undefined, options: LuaOptions) => {
      await runScript(file, options, context, true);
    });
}

/** `kosmo mcp:lua`: the same for scripts that call MCP servers alone. */
export function addMcpLuaCommand(program: Command, context: CommandContext): void {
  const command = addDirectServer(addScriptOptions(program.command('mcp:lua')));
  command
    .description('run a Lua script that uses MCP servers only')
    .addHelpText('after', MCP_EXAMPLES)
    .action(async (file: string | undefined, options: LuaOptions) => {
      takeDirectServer(command, context, []);
      await runScript(file, options, context, false);
    });
}

function addScriptOptions(bare: Command): Command {
  const command = addJsonOptions(bare, 'print one JSON document instead of the output')
    .argument('[file]', 'a Lua file, or - for stdin')
    .option('-e, --eval <code>', 'run this code', collect)
    .option('--stream', 'print events as JSON lines; the last line is the --json document')
    .option('--raw', 'print on a terminal what the script prints as it is, with characters that draw')
    .option('--force', 'allow every call in this run, even calls that the policy denies')
    .option('--memory-limit <size>', 'memory of the script, for example 64MiB (default 128MiB)')
    .option('--cpu-limit <seconds>', 'CPU time of the script in seconds (default 30)')
    .option('--timeout <seconds>', 'wall time of the run in seconds (default: no limit)')
    .option('--arg <key=value>', 'set input.key to a string; may be repeated', collect)
    .option('--input <json>', 'the global `input`: JSON text, @file, or @- for stdin')
    .option('--max <function=count>', 'cap the calls of a function in this run; may be repeated', collect)
    .option('--module-path <folder>', 'where require looks for modules (default: the folder of the script)')
    .option('--record <file>', 'write what the run gets from outside into a file, without secrets')
    .option('--replay <file>', 'repeat a recorded run: no credentials, no network, no waiting');
  return addAllowFlag(command);
}

async function runScript(file: string | undefined, options: LuaOptions, context: CommandContext, integrations: boolean): Promise<void> {
  refuseBesideReplay(options);
  const stream = openRequestedStream(options);
  const limits = {
    ...(options.memoryLimit === undefined ? {} : { memoryBytes: parseMemoryLimit(options.memoryLimit) }),
    ...(options.cpuLimit === undefined ? {} : { cpuMs: parseSeconds('--cpu-limit', options.cpuLimit) }),
    ...(options.timeout === undefined ? {} : { timeoutMs: parseSeconds('--timeout', options.timeout) }),
  };
  const policy = readPolicy(options);
  const caps = (options.max ?? []).map(parseCap);
  const input = parseInput(await inputText(file, options), options.arg ?? []);
  const script = options.repl === true ? undefined : await readCode(context, file, options.eval ?? []);
  if (script === undefined) refuseBesideRepl(file, options);
  const journal = await openJournal(options);
  // A program that reads the output has no user to ask.
  const elicit = options.json === true || stream !== undefined ? undefined : elicitationPrompt();
  const host = await context.host({ emulator: options.emulator === true, canElicit: elicit !== undefined });
  try {
    if (script === undefined) {
      const { runRepl } = await import('../../repl/index.ts');
      context.exitCode = await runRepl(host, { flags: options, limits, input });
      return;
    }
    let open: readonly LeftOpen[] = [];
    const report = await host.run(script.code, {
      chunk: script.chunk,
      policy,
      ...(elicit && { elicit }),
      limits,
      input,
      signal: context.signal,
      breakOnSigint: true,
      stopOnExit: options.stopOnExit === true,
      integrations,
      caps,
      modules: openModules(file, options),
      onLog: stream?.log ?? printLog,
      onLeftOpen: (resources) => {
        open = resources;
      },
      ...(journal === undefined ? {} : { journal }),
      ...(stream === undefined ? {} : { onCall: stream.call }),
      ...(options.json === true ? {} : { onLine: stream?.print ?? (options.raw === true ? printRawLine : printLine) }),
    });
    if (stream !== undefined) stream.result(report);
    else if (options.json === true) printJson(report, options.pretty === true);
    else printForPeople(report, open);
    context.exitCode = exitCodeOf(report.error_detail);
  } finally {
    await host.close();
  }
}

function refuseBesideReplay({ record, replay, repl, input, arg, emulator, stopOnExit }: LuaOptions): void {
  if (repl === true && (record ?? replay) !== undefined) throw usage('--repl keeps no record: leave out --record, --replay or --repl');
  if (replay === undefined) return;
  const others = { '--record': record, '--input': input, '--arg': arg, '--emulator': emulator, '--stop-on-exit': stopOnExit };
  const given = Object.entries(others).find(([, value]) => value !== undefined)?.[0];
  if (given !== undefined) throw usage(`--replay repeats the recorded run with its own input and makes no call: leave out ${given}`);
}

function openModules(file: string | undefined, { eval: code, modulePath }: LuaOptions): ModuleReader {
  if (modulePath !== undefined) return new ModuleReader({ folder: modulePath });
  const isFile = file !== undefined && file !== '-' && code === undefined;
  return new ModuleReader(isFile ? { folder: path.dirname(file) } : undefined);
}

function printLog({ elapsed_ms: elapsed, text }: LogEntry): void {
  printNote(`${formatElapsed(elapsed)}  ${text.replaceAll('\t', '  ')}`);
}

async function openJournal({ record, replay }: LuaOptions): Promise<RunJournal | undefined> {
  if (replay !== undefined) return openReplay(replay);
  return record === undefined ? undefined : openRecord(record);
}

function collect(value: string, all: readonly string[] = []): readonly string[] {
  return [...all, value];
}

function refuseBesideRepl(file: string | undefined, options: LuaOptions): void {
  if (options.json === true)
    throw usage('--repl prints text: leave out --json', 'for JSON, run a script: kosmo integrations:lua --json <file>');
  if (options.stream === true)
    throw usage('--repl prints text: leave out --stream', 'for events, run a script: kosmo integrations:lua --stream <file>');
  const given = file !== undefined ? `the file ${file}` : options.eval !== undefined ? '--eval' : undefined;
  if (given !== undefined) throw usage(`--repl takes its code from the prompt: leave out ${given}, or --repl`);
}

interface Script {
  readonly code: string | Uint8Array;
  readonly chunk: string;
}

async function readCode(context: CommandContext, file: string | undefined, [code, another]: readonly string[]): Promise<Script> {
  if (another !== undefined) throw usage('give --eval once', 'put the code into one --eval, or into a file');
  if (code !== undefined && file !== undefined) throw usage(`give a file or --eval, not both (file: ${file})`);
  if (code !== undefined) return { code: requireCode(code, NO_CODE), chunk: 'eval' };
  if (file !== undefined && file !== '-')
    return { code: requireCode(readFile(file, 'Lua file'), `Lua file is empty: ${file}`), chunk: file };
  if (file !== '-' && context.stdin.isTTY) throw usage(NO_CODE);
  return { code: requireCode(await readStdin(), NO_CODE), chunk: 'stdin' };
}

async function inputText(file: string | undefined, options: LuaOptions): Promise<string | undefined> {
  if (options.input !== '@-') return options.input;
  const readsCode = options.repl === true || (options.eval === undefined && (file === undefined || file === '-'));
  if (readsCode) throw usage('--input @- reads stdin, where the Lua code comes from already', 'give the code as a file or with --eval');
  return (await readStdin()).toString('utf8');
}

function requireCode<Code extends string | Buffer>(code: Code, otherwise: string): Code {
  if (code.toString('latin1').trim() === '') throw usage(otherwise);
  return code;
}

// Of many calls of one function it has to be said which.
function aboutWhat({ cname, sid }: { readonly cname?: string; readonly sid?: string }): string {
  const known = [...(cname === undefined ? [] : [`cname ${cname}`]), ...(sid === undefined ? [] : [`sid ${sid}`])];
  return known.length === 0 ? '' : ` (${known.join(', ')})`;
}

// The output has been printed as it came; what is left are the returned values and the error.
function printForPeople({ result, error_detail: detail, call_log: calls }: RunReport, open: readonly LeftOpen[]): void {
  for (const value of result ?? []) {
    if (value !== null) printValue(value);
  }
  const warnings = calls.flatMap((call) =>
    (call.warnings ?? []).map((warning) => `warning: ${call.function}: ${warning}${aboutWhat(call)}`),
  );
  for (const warning of new Set(warnings)) printNote(warning);
  if (detail !== null) printError(detail);
  for (const { sentence, stopCommand } of open)
    printNote(`note: ${sentence}${stopCommand === undefined ? '' : `; ${stopCommand} lists and stops what was started`}`);
}

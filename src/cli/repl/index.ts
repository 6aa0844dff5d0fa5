import path from 'node:path';
import { homeFolder } from '../../config/index.ts';
import { VERSION } from '../../platform/version.ts';
import type { Host, Session, SessionOptions } from '../../runtime/index.ts';
import { withExampleNames } from '../help-examples.ts';
import { usage } from '../options/parse-values.ts';
import { type PolicyFlags, readPolicy } from '../options/policy.ts';
import { elicitationPrompt } from '../terminal/elicitation-prompt.ts';
import { exitCodeOf, printError, printLine } from '../terminal/output.ts';
import { streams } from '../terminal/streams.ts';
import { type History, MAX_LINES, openHistory } from './history.ts';
import { CANCEL, type LineInput } from './line-input.ts';
import { openPipe } from './pipe.ts';
import { openTerminal } from './terminal.ts';

export interface ReplOptions extends Pick<SessionOptions, 'limits' | 'input'> {
  readonly flags: PolicyFlags;
}

const COMMANDS = [':help', ':quit'];

const BANNER = `kosmo ${VERSION}, Lua 5.3. :help tells how to use it, :quit or Ctrl-D leaves.\n`;

/**
 * Runs Lua line by line, from the terminal or from a pipe, in one state. Resolves with the exit code: at a terminal 0, else that of the
 * last line that failed; or that of the signal which ended the session.
 */
export async function runRepl(host: Host, options: ReplOptions): Promise<number> {
  return streams().stdin.isTTY && streams().stderr.isTTY ? talk(host, options) : runPiped(host, options);
}

async function talk(host: Host, options: ReplOptions): Promise<number> {
  const file = path.join(homeFolder(streams().env), 'lua_history');
  streams().stderr.write(BANNER);
  const history = openHistory(file, (message) => streams().stderr.write(`note: ${message}\n`));
  const terminal = openTerminal({
    history: history.earlier,
    historySize: MAX_LINES,
    complete: (line) => complete(line, session),
  });
  const elicit = elicitationPrompt(terminal.question);
  const session = openSession(host, options, { policy: readPolicy(options.flags, terminal.question), ...(elicit && { elicit }) });
  try {
    await runLines(session, terminal, helpText(file), history);
    return terminal.endedBy()?.exitCode ?? 0;
  } finally {
    session.close();
    terminal.close();
  }
}

async function runPiped(host: Host, options: ReplOptions): Promise<number> {
  const elicit = elicitationPrompt();
  const session = openSession(host, options, { policy: readPolicy(options.flags), ...(elicit && { elicit }) });
  const pipe = openPipe();
  const exitCode = await runLines(session, pipe, helpText());
  session.close();
  return pipe.endedBy()?.exitCode ?? exitCode;
}

function openSession(host: Host, { limits, input }: ReplOptions, asking: Pick<SessionOptions, 'policy' | 'elicit'>): Session {
  return host.openSession({
    chunk: 'repl',
    ...asking,
    ...(limits === undefined ? {} : { limits }),
    ...(input === undefined ? {} : { input }),
    onLine: printLine,
    breakOnSigint: true,
  });
}

/** Runs what comes until it ends or `:quit`, and returns the exit code of the last line that failed, 0 where none did. */
async function runLines(session: Session, input: LineInput, help: string, history?: History): Promise<number> {
  let exitCode = 0;
  let code = '';
  const runCode = async (): Promise<void> => {
    const typed = code;
    code = '';
    const { error_detail: detail } = await input.run((signal) => session.run(Buffer.from(typed, input.encoding), { signal }));
    // Only now are the secrets of its calls known.
    history?.add(typed);
    if (detail === null) return;
    exitCode = exitCodeOf(detail);
    printError(detail);
    if (detail.code === 'MEMORY_LIMIT') streams().stderr.write('note: the globals are kept; set what takes the memory to nil to go on\n');
  };
  for (;;) {
    const line = await input.read(code === '');
    if (line === undefined) break;
    if (line === CANCEL) {
      code = '';
      continue;
    }
    const command = code === '' ? /^\s*(:(?!:)\S*)\s*$/.exec(line)?.[1] : undefined;
    if (command === ':quit') return exitCode;
    if (command === ':help') streams().stderr.write(help);
    else if (command !== undefined) {
      const error = usage(`unknown command ${command}`, `there are ${COMMANDS.join(' and ')}; everything else is Lua`);
      exitCode = error.exitCode;
      printError(error.toJSON());
    } else if (code !== '' || line.trim() !== '') {
      code = code === '' ? line : `${code}\n${line}`;
      if (!session.isBeginning(Buffer.from(code, input.encoding))) await runCode();
    }
  }
  // Only a pipe ends in the middle; the error says what is missing.
  if (code !== '' && history === undefined && input.endedBy() === undefined) await runCode();
  return exitCode;
}

function complete(line: string, session: Session): [string[], string] {
  if (line.startsWith(':')) return [COMMANDS.filter((command) => command.startsWith(line)), line];
  const { typed, names } = session.complete(line);
  return [[...names], typed];
}

function helpText(historyFile?: string): string {
  return withExampleNames(`Type Lua. A statement runs; an expression prints its value as print does, tables written out.
  Globals stay from line to line. A local ends with its line: write x = 1, not local x = 1.
  What is not finished at the end of the line goes on in the next one.
  Limits on time hold for each line, the memory limit for all that the globals hold. defer(fn) runs fn at the end of its line.
  docs.list() lists the documentation, docs.read("{id}") shows a page.
${
  historyFile === undefined
    ? ''
    : `  Tab completes names: app.integrations.{id}.<Tab>
  Ctrl-C stops what runs, or clears what is typed. Twice on an empty line, or Ctrl-D, it leaves.
  The arrow keys bring lines back, also from earlier sessions: ${historyFile}. What begins with a space is not kept.
`
}  :help shows this, :quit leaves.
`);
}

import path from 'node:path';
import type { Command } from 'commander';
import type { JsonValue } from '../../json/index.ts';
import { ModuleReader } from '../../runtime/index.ts';
import type { CommandContext } from '../context.ts';
import { parseInput, readFile, readStdin, usage } from '../options/parse-values.ts';
import { addScriptOptions, collect, type ScriptOptions } from '../options/script.ts';
import { prepareRun, runScript } from './run-script.ts';
import type { PreparedRun, Script } from './script.ts';

export interface LuaOptions extends ScriptOptions {
  readonly eval?: readonly string[];
  readonly repl?: true;
}

const NO_CODE = 'Provide a Lua file, --eval code, or pipe Lua code on stdin.';

/** Adds what every command has that takes Lua code: a file, `--eval`, and the options of a script. */
export function addCodeOptions(command: Command): Command {
  return addScriptOptions(command.argument('[file]', 'a Lua file, or - for stdin').option('-e, --eval <code>', 'run this code', collect));
}

/** Runs the code that a command line names. `integrations` says whether the script gets `app.integrations`. */
export async function runCode(
  file: string | undefined,
  options: LuaOptions,
  context: CommandContext,
  integrations: boolean,
): Promise<void> {
  const run = prepareRun(options, options.repl === true ? '--repl' : undefined);
  const input = parseInput(await inputText(file, options), options.arg ?? []);
  if (options.repl === true) {
    refuseBesideRepl(file, options);
    return runSession(run, input, options, context);
  }
  const script = await readCode(context, file, options);
  await runScript(script, input, { run, options, context, integrations });
}

async function runSession({ limits, elicit }: PreparedRun, input: JsonValue, options: LuaOptions, context: CommandContext): Promise<void> {
  const host = await context.host({ emulator: options.emulator === true, canElicit: elicit !== undefined });
  try {
    const { runRepl } = await import('../repl/index.ts');
    context.exitCode = await runRepl(host, { flags: options, limits, input });
  } finally {
    await host.close();
  }
}

function openModules(file: string | undefined, { eval: code, modulePath }: LuaOptions): Pick<Script, 'modules' | 'folder'> {
  const isFile = file !== undefined && file !== '-' && code === undefined;
  const folder = modulePath ?? (isFile ? path.dirname(file) : undefined);
  return { modules: new ModuleReader(folder === undefined ? undefined : { folder }), folder };
}

function refuseBesideRepl(file: string | undefined, options: LuaOptions): void {
  if (options.json === true)
    throw usage('--repl prints text: leave out --json', 'for JSON, run a script: kosmo integrations:lua --json <file>');
  if (options.stream === true)
    throw usage('--repl prints text: leave out --stream', 'for events, run a script: kosmo integrations:lua --stream <file>');
  const given = file !== undefined ? `the file ${file}` : options.eval !== undefined ? '--eval' : undefined;
  if (given !== undefined) throw usage(`--repl takes its code from the prompt: leave out ${given}, or --repl`);
}

async function readCode(context: CommandContext, file: string | undefined, options: LuaOptions): Promise<Script> {
  const [code, another] = options.eval ?? [];
  const modules = openModules(file, options);
  if (another !== undefined) throw usage('give --eval once', 'put the code into one --eval, or into a file');
  if (code !== undefined && file !== undefined) throw usage(`give a file or --eval, not both (file: ${file})`);
  if (code !== undefined) return { code: requireCode(code, NO_CODE), chunk: 'eval', ...modules };
  if (file !== undefined && file !== '-')
    return { code: requireCode(readFile(file, 'Lua file'), `Lua file is empty: ${file}`), chunk: file, file, ...modules };
  if (file !== '-' && context.stdin.isTTY) throw usage(NO_CODE);
  return { code: requireCode(await readStdin(), NO_CODE), chunk: 'stdin', ...modules };
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

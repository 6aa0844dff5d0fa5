import path from 'node:path';
import type { Command } from 'commander';
import type { JsonValue } from '../../../json/index.ts';
import { ModuleReader } from '../../../runtime/index.ts';
import type { CommandContext } from '../../context.ts';
import { addDirectServer, DIRECT_SERVER, takeDirectServer } from '../../options/direct-server.ts';
import { parseInput, readFile, readStdin, usage } from '../../options/parse-values.ts';
import { addIntegrationOptions, addScriptOptions, collect, type ScriptOptions } from '../../options/script.ts';
import { prepareRun, runScript } from '../../scripts/run-script.ts';
import type { PreparedRun, Script } from '../../scripts/script.ts';

interface LuaOptions extends ScriptOptions {
  readonly eval?: readonly string[];
  readonly repl?: true;
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
  const command = addCodeOptions(program.command('integrations:lua'))
    .description('run a Lua script')
    .option('--repl', 'run lines from the terminal or from stdin in one session');
  addIntegrationOptions(command)
    .addHelpText('after', EXAMPLES)
    .action(async (file: string | undefined, options: LuaOptions) => {
      await runCode(file, options, context, true);
    });
}

/** `kosmo mcp:lua`: the same for scripts that call MCP servers alone. */
export function addMcpLuaCommand(program: Command, context: CommandContext): void {
  const command = addDirectServer(addCodeOptions(program.command('mcp:lua')));
  command
    .description('run a Lua script that uses MCP servers only')
    .addHelpText('after', MCP_EXAMPLES)
    .action(async (file: string | undefined, options: LuaOptions) => {
      takeDirectServer(command, context, []);
      await runCode(file, options, context, false);
    });
}

function addCodeOptions(command: Command): Command {
  return addScriptOptions(command.argument('[file]', 'a Lua file, or - for stdin').option('-e, --eval <code>', 'run this code', collect));
}

async function runCode(file: string | undefined, options: LuaOptions, context: CommandContext, integrations: boolean): Promise<void> {
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
    const { runRepl } = await import('../../repl/index.ts');
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

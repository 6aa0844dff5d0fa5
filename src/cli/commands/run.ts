import { existsSync } from 'node:fs';
import path from 'node:path';
import type { Command } from 'commander';
import type { JsonValue } from '../../json/index.ts';
import { ModuleReader } from '../../runtime/index.ts';
import { isHelpWanted } from '../call/help.ts';
import { splitOwnOptions } from '../call/own-options.ts';
import type { CommandContext } from '../context.ts';
import { parseInput, readStdin, usage } from '../options/parse-values.ts';
import { addIntegrationOptions, addScriptOptions, type ScriptOptions } from '../options/script.ts';
import { prepareRun, runScript } from '../scripts/run-script.ts';
import { type FoundScript, findScript } from '../workflows/find-script.ts';
import { shownPath } from '../workflows/folders.ts';
import { printWorkflowHelp } from '../workflows/help.ts';
import { type InputWords, readWorkflowInput } from '../workflows/input.ts';

const EXAMPLES = `
A name is looked up in workflows/ and .kosmo/workflows/ of the project, then in
workflows/ of $KOSMO_HOME. Each field of the declared input is a flag.

Examples:
  kosmo run record_channel --help
  kosmo run record_channel --emulator --force --input @workflows/record_channel.example.json
  kosmo run record_channel --cname room --uid 527841 --storage @storage.json
  kosmo run ./stop_all.lua --json`;

/** `kosmo run`: runs a workflow by its name, or a script file, with a flag for each field of its input. */
export function addRunCommand(program: Command, context: CommandContext): void {
  const command = addIntegrationOptions(addScriptOptions(program.command('run')))
    .description('run a workflow')
    .allowUnknownOption()
    .passThroughOptions()
    .argument('<workflow>', 'name of a workflow, or a Lua file')
    .argument('[input...]', 'flags of its input: --cname room or cname=room')
    .addHelpText('after', EXAMPLES)
    .action(async () => {
      const [word = '', ...words] = command.args;
      await runWorkflow(command, word, words, context);
    });
}

async function runWorkflow(command: Command, word: string, words: readonly string[], context: CommandContext): Promise<void> {
  const inputWords = splitOwnOptions(command, words);
  if (word.startsWith('-') && word !== '-') throw usage('the name of the workflow comes first', 'kosmo run --help');
  const script = await findScript(word, context);
  if (script.code.toString('latin1').trim() === '') throw usage(`Lua file is empty: ${script.path}`);
  const ownFlags = command.options.flatMap(({ long }) => long ?? []);
  if (isHelpWanted(inputWords)) return printHelp(command, word, script, ownFlags);
  const options = command.opts<ScriptOptions>();
  const run = prepareRun(options);
  const { arg: assignments = [], input, replay } = options;
  if (replay !== undefined && inputWords.length > 0)
    throw usage(`--replay repeats the recorded run with its own input: leave out ${inputWords[0]}`);
  const value = await readInput(script, { words: inputWords, assignments, input, ownFlags }, context);
  const folder = options.modulePath ?? path.dirname(script.path);
  const modules = new ModuleReader({ folder });
  await runScript({ code: script.code, chunk: script.path, file: script.path, modules, folder }, value, {
    run,
    options,
    context,
    integrations: true,
  });
}

// A script without a declaration that can be read takes what `integrations:lua` does.
async function readInput(
  { declaration, problem, path: file }: FoundScript,
  given: InputWords,
  context: CommandContext,
): Promise<JsonValue> {
  if (declaration !== undefined) return readWorkflowInput(declaration, given, context.env);
  const [word] = given.words;
  if (word !== undefined)
    throw usage(
      `${file} has no declared input, so ${word} has no meaning${problem === undefined ? '' : `: ${problem}`}`,
      'give input with --input @file.json or --arg name=value',
    );
  const { input } = given;
  return parseInput(input === '@-' ? (await readStdin()).toString('utf8') : input, given.assignments);
}

function printHelp(command: Command, word: string, { declaration, path: file, problem }: FoundScript, ownFlags: readonly string[]): void {
  if (declaration === undefined) {
    command.outputHelp();
    throw usage(`${file} has no declaration${problem === undefined ? '' : ` that can be read: ${problem}`}`, 'kosmo docs workflows');
  }
  const example = file.replace(/\.lua$/, '.example.json');
  printWorkflowHelp(
    { word, path: shownPath(path.resolve(file), process.cwd()), example: existsSync(example) ? example : undefined, declaration },
    ownFlags,
  );
}

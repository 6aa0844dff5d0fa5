import { type Argument, Command } from 'commander';
import { normalizeFunctionName } from '../../integration/index.ts';
import { type IntegrationSummary, integrationSummaries } from '../../runtime/index.ts';
import type { CommandGroup } from '../commands/index.ts';
import type { CommandContext } from '../context.ts';
import { visibleLine } from '../terminal/visible-text.ts';
import { type Flag, functionFlags, ownFlag } from './flags.ts';
import {
  accountNames,
  type Candidate,
  type CompletedTool,
  fileNames,
  findListedTool,
  findWorkflowInput,
  functionNames,
  integrationNames,
  listedToolNames,
  pageNames,
  ruleNames,
  runIds,
  serverNames,
  toolNames,
  workflowNames,
} from './values.ts';

export interface Program {
  readonly groups: readonly CommandGroup[];
  /** Puts the commands of some groups into a program. */
  readonly addCommands: (program: Command, groups: readonly CommandGroup[], context: CommandContext) => Promise<void>;
  readonly context: CommandContext;
}

/** What the last of the words behind `kosmo` can become. */
export async function findCandidates(words: readonly string[], program: Program): Promise<readonly Candidate[]> {
  const typed = words.at(-1) ?? '';
  const all = words.length < 2 ? await completeCommand(typed, program) : await completeArgument(words, typed, program);
  // A name with characters that draw is not typed, and could end the line of a shell.
  return all.filter(({ value }) => value.startsWith(typed) && visibleLine(value) === value);
}

async function completeCommand(typed: string, { groups, addCommands, context }: Program): Promise<readonly Candidate[]> {
  if (typed.startsWith('-')) return [{ value: '--help' }, { value: '--version' }];
  const all = new Command();
  await addCommands(all, groups, context);
  const commands = all.createHelp().visibleCommands(all);
  return commands.map((command) => ({ value: command.name(), description: command.description() }));
}

async function completeArgument([name = '', ...rest]: readonly string[], typed: string, program: Program): Promise<readonly Candidate[]> {
  const command = await findCommand(name, program);
  if (command === undefined) return [];
  const given = rest.slice(0, -1);
  const integration = integrationSummaries.find(({ id }) => name === `integrations:${id}`);
  // The function comes before its flags.
  const calls = name === 'integrations:call' || name === 'mcp:call' || name === 'run' || integration !== undefined;
  const options = command.createHelp().visibleOptions(command);
  const plain = options.map((option) => ownFlag(option));
  const [first] = readWords(given, plain).positional;
  const called = calls ? await findCalled(name, integration, first, program.context) : undefined;
  const about = called?.id ?? integration?.id ?? integrationSummaries.find(({ id }) => id === first)?.id;
  const flags = [
    ...options.map((option) => ownFlag(option, about)),
    ...(called === undefined ? [] : functionFlags(called.tool, typed).filter((flag) => plain.every((own) => own.name !== flag.name))),
  ];
  const { open, used, positional, isOver } = readWords(given, flags);
  if (open !== undefined) return open.values(typed, program.context);
  if (typed.startsWith('-') && (!isOver || calls)) return flagWords(typed, flags, used, program);
  const { registeredArguments } = command;
  const argument = registeredArguments[positional.length] ?? registeredArguments.filter(({ variadic }) => variadic).at(-1);
  return argument === undefined ? [] : argumentWords(argument, typed, { command: name, about }, program);
}

// What the flags of a command line belong to: a function, a tool or a workflow.
function findCalled(
  command: string,
  integration: IntegrationSummary | undefined,
  name: string | undefined,
  context: CommandContext,
): Promise<CompletedTool | undefined> | CompletedTool | undefined {
  if (command === 'mcp:call') return findListedTool(context, name);
  return command === 'run' ? findWorkflowInput(context, name) : findTool(integration, name);
}

async function findCommand(name: string, { groups, addCommands, context }: Program): Promise<Command | undefined> {
  const one = new Command();
  await addCommands(
    one,
    groups.filter(({ names }) => names.includes(name)),
    context,
  );
  return one.commands.find((command) => command.name() === name);
}

function findTool(
  integration: IntegrationSummary | undefined,
  name = '',
): { id: string; tool: IntegrationSummary['tools'][number] } | undefined {
  const [id, rest] = normalizeFunctionName(integration === undefined ? name.split('.') : [integration.id, name], integrationSummaries);
  const tool = integrationSummaries.find((candidate) => candidate.id === id)?.tools.find((candidate) => candidate.name === rest);
  return tool === undefined || id === undefined ? undefined : { id, tool };
}

interface Read {
  readonly positional: readonly string[];
  readonly used: ReadonlySet<string>;
  /** The flag whose value comes next. */
  readonly open: Flag | undefined;
  /** `--` was there. */
  readonly isOver: boolean;
}

function readWords(words: readonly string[], flags: readonly Flag[]): Read {
  const positional: string[] = [];
  const used = new Set<string>();
  let open: Flag | undefined;
  let isOver = false;
  for (const word of words) {
    if (open !== undefined) open = undefined;
    else if (word === '--') isOver = true;
    else if (!word.startsWith('-') || word === '-') positional.push(word);
    else {
      const [written] = word.split('=', 1);
      const flag = flags.find(({ name, short }) => name === written || short === written);
      if (flag !== undefined) used.add(flag.name);
      if (flag?.takesValue === true && !word.includes('=')) open = flag;
    }
  }
  return { positional, used, open, isOver };
}

async function flagWords(
  typed: string,
  flags: readonly Flag[],
  used: ReadonlySet<string>,
  { context }: Program,
): Promise<readonly Candidate[]> {
  const at = typed.indexOf('=');
  const flag = at === -1 ? undefined : flags.find(({ name }) => name === typed.slice(0, at));
  if (flag !== undefined) {
    const values = await flag.values(typed.slice(at + 1), context);
    return values.map((candidate) => ({ ...candidate, value: `${flag.name}=${candidate.value}` }));
  }
  return flags
    .filter(({ name, repeatable }) => repeatable || !used.has(name))
    .map(({ name, description }) => ({ value: name, description }));
}

async function argumentWords(
  argument: Argument,
  typed: string,
  { command, about }: { readonly command: string; readonly about: string | undefined },
  program: Program,
): Promise<readonly Candidate[]> {
  if (argument.argChoices !== undefined) return argument.argChoices.map((value) => ({ value }));
  switch (argument.name()) {
    case 'file':
    case 'files':
      return fileNames(typed, program.context, /lua|check/.test(command) ? '.lua' : undefined);
    case 'function':
      if (command.startsWith('policy:')) return ruleNames(program.context, command !== 'policy:explain');
      return command === `integrations:${about}` ? toolNames(about) : functionNames();
    case 'tool':
      return listedToolNames(program.context);
    case 'run':
      return runIds(program.context);
    case 'workflow':
      return workflowNames(typed, program.context);
    // Of `integrations:accounts`.
    case 'action':
      return ['list', 'rename', 'remove'].map((value) => ({ value }));
    case 'names':
      return accountNames(program.context, about);
    case 'page':
      return pageNames(program.context.guideFolder);
    case 'integration':
    case 'provider':
      return integrationNames();
    case 'server':
      return serverNames(program.context);
    case 'command':
      return completeCommand('', program);
    default:
      return [];
  }
}

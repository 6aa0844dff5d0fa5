import type { JsonObject, JsonValue } from '../../json/index.ts';
import type { WorkflowDeclaration } from '../../runtime/index.ts';
import { readCallWords, setFlags, strayHint } from '../call/arguments.ts';
import type { CalledTool } from '../call/flags.ts';
import { parseInput, readStdin, readTextFile, usage } from '../options/parse-values.ts';

/** What a command line says about the input of a workflow. */
export interface InputWords {
  /** The words behind the name, without kosmo's own options. */
  readonly words: readonly string[];
  /** Values of `--arg`. */
  readonly assignments: readonly string[];
  /** The value of `--input`. */
  readonly input: string | undefined;
  /** The options of kosmo, which no flag replaces. */
  readonly ownFlags: readonly string[];
}

/** Reads the input of a workflow: `--input`, with each flag set in it. Throws `USAGE`. */
export async function readWorkflowInput(
  declaration: WorkflowDeclaration,
  { words, assignments, input, ownFlags }: InputWords,
  env: NodeJS.ProcessEnv,
): Promise<JsonValue> {
  const readsStdin = [...words, ...assignments].filter((word) => /(?:^|=)@-$/.test(word)).length + (input === '@-' ? 1 : 0);
  if (readsStdin > 1) throw usage('stdin can be read once: @- is given twice');
  const stdin = readsStdin === 0 ? '' : (await readStdin()).toString('utf8');
  const base = parseInput(input === '@-' ? stdin : input, []);
  const tool: CalledTool = {
    input: declaration.input,
    noun: 'workflow',
    readText: (path, word, type) => (isSecret(declaration, path) ? readSecret(word, type, { stdin, env }) : undefined),
  };
  const { flags, payload, hasFunctionForm } = readCallWords(words, assignments, tool, ownFlags);
  if (payload !== undefined || hasFunctionForm)
    throw usage(
      'the input is given in flags or with --input; a word without a flag has no meaning',
      payload === undefined || /^\s*[[{]/.test(payload) ? `write --input '{…}', or --input @file.json` : strayHint(payload, tool),
    );
  if (flags.length === 0) return base;
  if (typeof base !== 'object' || base === null || Array.isArray(base)) throw usage('flags need an --input that is a JSON object');
  return setFlags(base as JsonObject, flags);
}

function isSecret({ secrets }: WorkflowDeclaration, path: readonly string[]): boolean {
  return secrets.some((secret) => secret.length <= path.length && secret.every((part, index) => part === path[index]));
}

// Where other programs and the history of the shell do not see it.
function readSecret(
  word: string,
  type: string | undefined,
  { stdin, env }: { readonly stdin: string; readonly env: NodeJS.ProcessEnv },
): string | undefined {
  if (word === '@-') return withoutNewline(stdin);
  if (word.startsWith('@env:')) {
    const name = word.slice('@env:'.length);
    return env[name] ?? usageOf(name);
  }
  return (type === 'string' || type === undefined) && word.startsWith('@')
    ? withoutNewline(readTextFile(word.slice(1), 'file'))
    : undefined;
}

function usageOf(name: string): never {
  throw usage(`the environment variable ${name} is not set`);
}

function withoutNewline(text: string): string {
  return text.replace(/\r?\n$/, '');
}

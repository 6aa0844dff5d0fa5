import { type DeclaredCall, shownInput, type WorkflowDeclaration } from '../../runtime/index.ts';
import { readParameters } from '../../schema/index.ts';
import { printTable } from '../terminal/output.ts';
import { streams } from '../terminal/streams.ts';
import { visibleLine } from '../terminal/visible-text.ts';

/** A field of the input as people see it. */
export interface InputRow {
  /** As it is typed: `--storage`, or `--arg timeout=…` if kosmo has an option of that name. */
  readonly flag: string;
  readonly name: string;
  readonly type: string;
  /** `required`, `default 5` or `optional`. */
  readonly need: string;
  readonly isSecret: boolean;
  readonly text: string;
}

/** The fields of the input of a workflow. */
export function inputRows(declaration: WorkflowDeclaration, ownFlags: readonly string[]): readonly InputRow[] {
  const { properties = {} } = shownInput(declaration);
  return readParameters(declaration.input).map(({ name, type, required, values, description }) => {
    const flag = `--${name.replaceAll('_', '-')}`;
    const isSecret = declaration.secrets.some(([first]) => first === name);
    const { default: value, minimum, maximum } = properties[name] ?? {};
    const need = required ? 'required' : value === undefined || value === null ? 'optional' : `default ${JSON.stringify(value)}`;
    const choices = values === undefined ? '' : `Values: ${values.join(', ')}.`;
    const range = [minimum === undefined ? '' : `at least ${minimum}`, maximum === undefined ? '' : `at most ${maximum}`]
      .filter((part) => part !== '')
      .join(', ');
    const secret = isSecret ? 'Secret.' : '';
    const sentences = [description, choices, range === '' ? '' : `${range[0]?.toUpperCase()}${range.slice(1)}.`, secret];
    return {
      flag: ownFlags.includes(flag) ? `--arg ${name}=…` : flag,
      name,
      type,
      need,
      isSecret,
      text: sentences.filter((sentence) => sentence !== '').join(' '),
    };
  });
}

/** What a workflow may call: `agora.start_recording, at most 1 in a run`. */
export function callRows(calls: readonly DeclaredCall[]): readonly (readonly [string, string, string])[] {
  return calls.map(({ name, operation, max }) => [
    name,
    operation ?? '',
    max === undefined ? 'any number of times' : `at most ${max === 1 ? 'once' : `${max} times`}`,
  ]);
}

export interface DescribedWorkflow {
  /** As it is typed behind `kosmo run`. */
  readonly word: string;
  readonly path: string;
  /** The file with example input, if it exists. */
  readonly example: string | undefined;
  readonly declaration: WorkflowDeclaration;
}

/** Prints description, input, calls and an example of a workflow. */
export function printWorkflowHelp({ word, path, example, declaration }: DescribedWorkflow, ownFlags: readonly string[]): void {
  const { stdout } = streams();
  const { description, calls } = declaration;
  const rows = inputRows(declaration, ownFlags);
  stdout.write(`Usage: kosmo run ${visibleLine(word)} [options]\n\n`);
  if (description !== '') stdout.write(`${visibleLine(description)}\n`);
  stdout.write(`Script: ${visibleLine(path)}\n\nInput:\n`);
  if (rows.length === 0) stdout.write('It takes no input.\n');
  else
    printTable(
      ['Flag', 'Type', '', 'Meaning'],
      rows.map(({ flag, type, need, text }) => [flag, type, need, text]),
    );
  stdout.write('\nCalls:\n');
  if (calls === undefined) stdout.write('It does not declare its calls, so it may call every function that the policy allows.\n');
  else if (calls.length === 0) stdout.write('It calls nothing.\n');
  else printTable(['Function', 'Operation', 'How often'], callRows(calls));
  const examples = [
    ...(example === undefined ? [] : [`kosmo run ${word} --emulator --force --input @${example}`]),
    ['kosmo run', word, ...rows.filter(({ need }) => need === 'required').map(exampleFlag)].join(' '),
  ];
  stdout.write(
    `\nExamples:\n${examples.map((line) => `  ${visibleLine(line)}\n`).join('')}\nkosmo run --help lists the options of every run.\n`,
  );
}

function exampleFlag({ flag, name, type, isSecret }: InputRow): string {
  const value = type === 'object' || type === 'array' ? `@${name}.json` : isSecret ? `@${name}.txt` : type === 'string' ? 'TEXT' : '1';
  return flag.startsWith('--arg ') ? `--arg ${name}=${value}` : `${flag} ${value}`;
}

import type { Option } from 'commander';
import type { ToolDescription } from '../../integration/index.ts';
import { readParameters } from '../../schema/index.ts';
import type { CommandContext } from '../context.ts';
import { accountNames, atFileNames, type Candidate, fieldNames, fileNames, functionNames, integrationNames } from './values.ts';

/** A flag as far as completing it goes. */
export interface Flag {
  /** `--eval` */
  readonly name: string;
  readonly short?: string;
  readonly description: string;
  readonly takesValue: boolean;
  /** It may stand there more than once. */
  readonly repeatable: boolean;
  /** What its value can be. */
  readonly values: (typed: string, context: CommandContext) => readonly Candidate[] | Promise<readonly Candidate[]>;
}

/** By the option, then by what its value is called in the help. */
const VALUES: Readonly<Record<string, Flag['values']>> = {
  '--allow': functionNames,
  '<file>': (typed, context) => fileNames(typed, context),
  '<path>': (typed, context) => fileNames(typed, context),
  '<folder>': (typed, context) => fileNames(typed, context),
  '<json>': atFileNames,
  '<id>': integrationNames,
  '<integration>': integrationNames,
  '<function>': functionNames,
  '<level>': () => ['allow', 'ask', 'deny'].map((value) => ({ value })),
};

/** An option of kosmo's. `integration` is the one that the command line is about, where it is known. */
export function ownFlag({ long, short, flags, description, required, variadic, parseArg, argChoices }: Option, integration?: string): Flag {
  const [value = ''] = /<[\w-]+/.exec(flags) ?? [];
  const ofIntegration: Readonly<Record<string, Flag['values']>> = {
    '--account': (_typed, context) => accountNames(context, integration),
    '<field': () => fieldNames(integration, flags.includes('<field=') ? '=' : ''),
  };
  const byName = ofIntegration[long ?? ''] ?? ofIntegration[value] ?? VALUES[long ?? ''] ?? VALUES[`${value}>`];
  return {
    name: long ?? short ?? '',
    ...(short === undefined ? {} : { short }),
    description,
    takesValue: required,
    repeatable: variadic || parseArg !== undefined,
    values: argChoices === undefined ? (byName ?? (() => [])) : () => argChoices.map((choice) => ({ value: choice })),
  };
}

/** The parameters of a function as flags; once a dot is typed, also the documented fields inside them. */
export function functionFlags({ input, fields }: Pick<ToolDescription, 'input' | 'fields'>, typed: string): readonly Flag[] {
  const kebab = (name: string): string => `--${name.replaceAll('_', '-')}`;
  const parameters = readParameters(input).map(({ name, type, description, values: choices = [] }): Flag => {
    const words = type === 'boolean' ? ['true', 'false'] : choices.map(String);
    return {
      name: kebab(name),
      description,
      takesValue: type !== 'boolean',
      repeatable: false,
      values: type === 'object' || type === 'array' ? atFileNames : () => words.map((value) => ({ value })),
    };
  });
  if (!typed.includes('.')) return parameters;
  const inside = fields.filter(({ path }) => !path.includes('[]') && path.includes('.'));
  const nested = inside.map(({ path, note }): Flag => {
    const [first = '', ...rest] = path.split('.');
    return { name: `${[kebab(first), ...rest].join('.')}=`, description: note, takesValue: false, repeatable: false, values: () => [] };
  });
  return [...parameters, ...nested];
}

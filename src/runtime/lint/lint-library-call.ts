import type { Expression } from 'luaparse';
import { type ParameterSignature, patternProblem, scriptApi, type ValueKind } from '../../lua/index.ts';
import { suggest } from '../../schema/index.ts';
import type { CallProblem } from './lint-call.ts';
import { decodeUtf8, isMultiple } from './literals.ts';

type Options = NonNullable<ParameterSignature['options']>;

// Calls of MCP servers are checked with the tools of the server; the other two take any value.
const UNCHECKED = /^(?:mcp\.|dump$|log$|coroutine\.)/;

let checked: ReadonlyMap<string, readonly ParameterSignature[]> | undefined;

/** The pages that `docs.read` has. */
export interface ReadablePages {
  readonly names: readonly string[];
  /** Whether a page has this name, or it is another name of a function with a page. */
  readonly isName: (name: string) => boolean;
}

function parametersOf(path: string): readonly ParameterSignature[] | undefined {
  checked ??= new Map(scriptApi().functions.flatMap((fn) => (UNCHECKED.test(fn.path) ? [] : [[fn.path, fn.parameters]])));
  return checked.get(path);
}

const KIND_OF: Readonly<Partial<Record<Expression['type'], ValueKind | 'nil'>>> = {
  StringLiteral: 'string',
  NumericLiteral: 'number',
  BooleanLiteral: 'boolean',
  TableConstructorExpression: 'table',
  FunctionDeclaration: 'function',
  NilLiteral: 'nil',
};

const NAMES: Readonly<Record<ValueKind, string>> = {
  string: 'a string',
  number: 'a number',
  table: 'a table',
  function: 'a function',
  boolean: 'true or false',
  value: 'a value',
};

/** Finds arguments of a library call that are certainly wrong, as far as the text of the script shows them. */
export function lintLibraryCall(path: string, args: readonly Expression[], pages: ReadablePages): readonly CallProblem[] {
  const parameters = parametersOf(path);
  if (parameters === undefined) return [];
  return parameters.flatMap((parameter, index): readonly CallProblem[] => {
    const node = args[index];
    if (node !== undefined) return checkArgument(parameter, node, index, pages);
    if (parameter.optional === true || isMultiple(args.at(-1))) return [];
    return [{ place: undefined, severity: 'error', message: `argument ${index + 1} is missing: ${NAMES[parameter.kind]}.` }];
  });
}

function checkArgument(parameter: ParameterSignature, node: Expression, index: number, pages: ReadablePages): readonly CallProblem[] {
  const { kind, optional, options, minimum, content } = parameter;
  const given = KIND_OF[node.type];
  const isLikeText = kind === 'string' && given === 'number' && content !== 'page';
  if (given !== undefined && given !== kind && kind !== 'value' && !(given === 'nil' && optional === true) && !isLikeText)
    return [{ place: node, severity: 'error', message: `argument ${index + 1} must be ${NAMES[kind]}.` }];
  if (content === 'pattern' && node.type === 'StringLiteral') return checkPattern(node);
  if (content === 'page' && node.type === 'StringLiteral') return checkPage(node, pages);
  if (minimum === 0 && node.type === 'UnaryExpression' && node.operator === '-' && node.argument.type === 'NumericLiteral')
    return [{ place: node, severity: 'error', message: `argument ${index + 1} must not be negative.` }];
  return options === undefined || node.type !== 'TableConstructorExpression' ? [] : checkOptions(node, options);
}

type Table = Extract<Expression, { type: 'TableConstructorExpression' }>;

function checkOptions({ fields }: Table, { fields: options, isClosed }: Options): readonly CallProblem[] {
  const severity = isClosed === true ? 'error' : 'warning';
  return fields.flatMap((field): readonly CallProblem[] => {
    if (field.type !== 'TableKeyString') return [];
    const { name } = field.key;
    const known = Object.keys(options);
    const kind = Object.hasOwn(options, name) ? options[name]?.kind : undefined;
    if (kind === undefined) {
      const [close] = suggest(name, known, 1);
      const message = `unknown option '${name}'; there is ${known.join(' and ')}.${close === undefined ? '' : ` Did you mean ${close}?`}`;
      return [{ place: field.key, severity, message }];
    }
    const given = KIND_OF[field.value.type];
    const isWrong = given !== undefined && given !== 'nil' && given !== kind;
    return isWrong ? [{ place: field.key, severity, message: `${name} must be ${NAMES[kind]}.` }] : [];
  });
}

// A pattern in slashes can be a path.
function checkPattern(node: Extract<Expression, { type: 'StringLiteral' }>): readonly CallProblem[] {
  const source = decodeUtf8(node.value) ?? '';
  const problem = patternProblem(source);
  return problem === undefined ? [] : [{ place: node, ...problem }];
}

// Reading it does not raise an error: it returns a sentence in place of the page.
function checkPage(node: Extract<Expression, { type: 'StringLiteral' }>, pages: ReadablePages): readonly CallProblem[] {
  const name = decodeUtf8(node.value)?.trim();
  if (name === undefined) return [];
  const plain = name.replace(/^(?:app\.)?integrations\./, '');
  const [id, ...rest] = plain.split('.');
  // With an account between.
  if (pages.isName(plain) || (rest.length > 1 && pages.isName([id, ...rest.slice(1)].join('.')))) return [];
  const close = suggest(plain, pages.names);
  const question = close.length === 0 ? '' : ` Did you mean: ${close.join(', ')}?`;
  return [{ place: node, severity: 'warning', message: `there is no page '${name}'.${question}` }];
}

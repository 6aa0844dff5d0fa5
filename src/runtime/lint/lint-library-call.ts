import type { Expression } from 'luaparse';
import { patternProblem } from '../../lua/index.ts';
import { suggest } from '../../schema/index.ts';
import type { CallProblem } from './lint-call.ts';
import { decodeUtf8, isMultiple } from './literals.ts';

type Kind = 'string' | 'number' | 'table' | 'function' | 'boolean' | 'value';

interface Parameter {
  readonly kind: Kind;
  /** May be absent or nil. @default false */
  readonly optional?: true;
  /** Of a table of options: their kinds; others are refused, where `closed`. */
  readonly options?: Readonly<Record<string, Kind>>;
  readonly closed?: true;
  /** A regular expression. */
  readonly pattern?: true;
  /** Names a page of the documentation. */
  readonly page?: true;
}

const text: Parameter = { kind: 'string' };
const page: Parameter = { kind: 'string', page: true };
const pattern: Parameter = { kind: 'string', pattern: true };
const list: Parameter = { kind: 'table' };
const fn: Parameter = { kind: 'function' };
const parallel: Parameter = { kind: 'table', optional: true, options: { limit: 'number', settle: 'boolean' }, closed: true };

/** What the libraries of a script take, besides those of Lua itself. */
const SIGNATURES: Readonly<Record<string, readonly Parameter[]>> = {
  sleep: [{ kind: 'number' }],
  defer: [fn],
  lua_read_doc: [page],
  'docs.read': [page],
  'docs.search': [text],
  'json.decode': [text, { kind: 'table', optional: true, options: { null: 'boolean' } }],
  'json.encode': [{ kind: 'value' }, { kind: 'table', optional: true, options: { pretty: 'boolean' } }],
  'json.array': [{ kind: 'table', optional: true }],
  'json.object': [{ kind: 'table', optional: true }],
  'regex.match': [text, pattern],
  'regex.match_all': [text, pattern],
  'regex.gsub': [text, pattern, text, { kind: 'number', optional: true }],
  'parallel.map': [list, fn, parallel],
  'parallel.all': [list, parallel],
};

const KIND_OF: Readonly<Partial<Record<Expression['type'], Kind | 'nil'>>> = {
  StringLiteral: 'string',
  NumericLiteral: 'number',
  BooleanLiteral: 'boolean',
  TableConstructorExpression: 'table',
  FunctionDeclaration: 'function',
  NilLiteral: 'nil',
};

const NAMES: Readonly<Record<Kind, string>> = {
  string: 'a string',
  number: 'a number',
  table: 'a table',
  function: 'a function',
  boolean: 'true or false',
  value: 'a value',
};

/** What is certainly wrong with the arguments of a call of the script's libraries, as far as its text says what they are. */
export function lintLibraryCall(path: string, args: readonly Expression[], pages: readonly string[]): readonly CallProblem[] {
  const parameters = Object.hasOwn(SIGNATURES, path) ? SIGNATURES[path] : undefined;
  if (parameters === undefined) return [];
  return parameters.flatMap((parameter, index): readonly CallProblem[] => {
    const node = args[index];
    if (node !== undefined) return checkArgument(parameter, node, index, pages);
    if (parameter.optional === true || isMultiple(args.at(-1))) return [];
    return [{ place: undefined, severity: 'error', message: `argument ${index + 1} is missing: ${NAMES[parameter.kind]}.` }];
  });
}

function checkArgument(parameter: Parameter, node: Expression, index: number, pages: readonly string[]): readonly CallProblem[] {
  const { kind, optional, options, closed, page: isPage, pattern: isPattern } = parameter;
  const given = KIND_OF[node.type];
  const isLikeText = kind === 'string' && given === 'number' && isPage !== true;
  if (given !== undefined && given !== kind && kind !== 'value' && !(given === 'nil' && optional === true) && !isLikeText)
    return [{ place: node, severity: 'error', message: `argument ${index + 1} must be ${NAMES[kind]}.` }];
  if (isPattern === true && node.type === 'StringLiteral') return checkPattern(node);
  if (isPage === true && node.type === 'StringLiteral') return checkPage(node, pages);
  if (
    kind === 'number' &&
    node.type === 'UnaryExpression' &&
    node.operator === '-' &&
    node.argument.type === 'NumericLiteral' &&
    optional !== true
  )
    return [{ place: node, severity: 'error', message: `argument ${index + 1} must not be negative.` }];
  return options === undefined || node.type !== 'TableConstructorExpression' ? [] : checkOptions(node, options, closed === true);
}

type Table = Extract<Expression, { type: 'TableConstructorExpression' }>;

function checkOptions({ fields }: Table, options: Readonly<Record<string, Kind>>, isClosed: boolean): readonly CallProblem[] {
  return fields.flatMap((field): readonly CallProblem[] => {
    if (field.type !== 'TableKeyString') return [];
    const { name } = field.key;
    const known = Object.keys(options);
    const kind = Object.hasOwn(options, name) ? options[name] : undefined;
    if (kind === undefined) {
      const [close] = suggest(name, known, 1);
      const message = `unknown option '${name}'; there is ${known.join(' and ')}.${close === undefined ? '' : ` Did you mean ${close}?`}`;
      return [{ place: field.key, severity: isClosed ? 'error' : 'warning', message }];
    }
    const given = KIND_OF[field.value.type];
    const isWrong = given !== undefined && given !== 'nil' && given !== kind;
    return isWrong ? [{ place: field.key, severity: isClosed ? 'error' : 'warning', message: `${name} must be ${NAMES[kind]}.` }] : [];
  });
}

// A pattern in slashes can be a path.
function checkPattern(node: Extract<Expression, { type: 'StringLiteral' }>): readonly CallProblem[] {
  const source = decodeUtf8(node.value) ?? '';
  const problem = patternProblem(source);
  return problem === undefined ? [] : [{ place: node, ...problem }];
}

// Reading it is no error of the run: it is answered with a sentence in place of the page.
function checkPage(node: Extract<Expression, { type: 'StringLiteral' }>, pages: readonly string[]): readonly CallProblem[] {
  const name = decodeUtf8(node.value)?.trim();
  if (name === undefined) return [];
  const plain = name.replace(/^(?:app\.)?integrations\./, '');
  const [id, ...rest] = plain.split('.');
  // With an account between.
  if (pages.includes(plain) || (rest.length > 1 && pages.includes([id, ...rest.slice(1)].join('.')))) return [];
  const close = suggest(plain, pages);
  const question = close.length === 0 ? '' : ` Did you mean: ${close.join(', ')}?`;
  return [{ place: node, severity: 'warning', message: `there is no page '${name}'.${question}` }];
}

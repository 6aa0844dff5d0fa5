import type { Expression, Node } from 'luaparse';
import { findTool, type ManifestEntry, type ToolDescription, variableName } from '../../integration/index.ts';
import { hintForName } from '../../lua/index.ts';
import { suggest } from '../../schema/index.ts';
import type { AvailableIntegration } from '../integrations.ts';
import type { FindingRule } from './finding.ts';
import { decodeUtf8 } from './literals.ts';
import type { ScopeAnalysis } from './scope-analysis.ts';

/** A part of a dotted name; without `text` if it is computed. */
export interface Segment {
  readonly text: string | undefined;
  readonly node: Node;
}

/** The names inside the value at a path of the sandbox; for the empty path, the globals. */
export type NamesIn = (path: readonly string[]) => readonly string[];

/** A name that does not exist. */
export interface Missing {
  readonly node: Node;
  readonly rule: FindingRule;
  readonly message: string;
  /** A field of the missing value is used. */
  readonly isIndexed: boolean;
}

/** The meaning of a dotted name. */
export interface Resolution {
  readonly tool?: { readonly entry: ManifestEntry; readonly tool: ToolDescription; readonly path: string };
  /** An integration, or one of its accounts. */
  readonly isNamespace?: true;
  readonly missing?: Missing;
  /** An account that is not configured here. */
  readonly account?: { readonly node: Node; readonly message: string; readonly isCertain: boolean };
}

/** Parts of a name, and aliases between them. */
const MAX_ALIAS_STEPS = 50;

/** The dotted name of an expression, from a global on. An alias that is assigned again is not followed. */
export function resolve(
  expression: Expression,
  references: ScopeAnalysis,
  isHostGlobal: (name: string) => boolean,
): readonly Segment[] | undefined {
  const follow = (node: Expression, left: number): readonly Segment[] | undefined => {
    if (left === 0) return undefined;
    if (node.type === 'Identifier') {
      const local = references.locals.get(node);
      if (local !== undefined) return local.assignments === 0 && local.init !== undefined ? follow(local.init, left - 1) : undefined;
      const global = references.globals.get(node.name);
      if (global === undefined) return [{ text: node.name, node }];
      const isAlias = !isHostGlobal(node.name) && global.assignments === 1 && global.init !== undefined;
      return isAlias && global.init !== undefined ? follow(global.init, left - 1) : undefined;
    }
    if (node.type === 'MemberExpression' && node.indexer === '.')
      return appendSegment(follow(node.base, left - 1), { text: node.identifier.name, node: node.identifier });
    if (node.type !== 'IndexExpression') return undefined;
    const text = node.index.type === 'StringLiteral' ? decodeUtf8(node.index.value) : undefined;
    return appendSegment(follow(node.base, left - 1), { text, node: node.index });
  };
  return follow(expression, MAX_ALIAS_STEPS);
}

function appendSegment(base: readonly Segment[] | undefined, segment: Segment): readonly Segment[] | undefined {
  return base === undefined ? undefined : base.length === 1 && base[0]?.text === '_G' ? [segment] : [...base, segment];
}

/** Finds out what dotted names mean that begin with a global of the sandbox. */
export class NameResolver {
  readonly #namesIn: NamesIn;
  readonly #integrations: readonly AvailableIntegration[];

  constructor(namesIn: NamesIn, integrations: readonly AvailableIntegration[]) {
    this.#namesIn = namesIn;
    this.#integrations = integrations;
  }

  resolve(name: readonly Segment[]): Resolution {
    if (name[0]?.text === 'app') return this.#inApp(name);
    for (const index of name.keys()) {
      const { text } = name[index] as Segment;
      if (text === undefined) return {};
      if (index === 0) continue;
      const base = name.slice(0, index).map((segment) => segment.text as string);
      const known = this.#namesIn(base);
      // Not a table, or an empty one that the script may fill.
      if (known.length === 0) return {};
      if (!known.includes(text))
        return missingAt(name, index, { rule: 'unknown-member', message: `${base.join('.')} has no '${text}'.`, known });
    }
    return {};
  }

  #inApp(name: readonly Segment[]): Resolution {
    const texts = name.map(({ text }) => text);
    for (const index of [1, 2]) {
      const known = this.#namesIn(texts.slice(0, index) as string[]);
      if (name.length <= index || texts[index] === undefined) return {};
      if (!known.includes(texts[index])) return unknownFunction(name, index, `${pathOf(name, index)} has no '${texts[index]}'.`, known);
      // Which MCP servers exist depends on the machine that runs the script.
      if (texts[1] === 'mcp') return {};
    }
    const available = this.#integrations.find(({ entry }) => entry.id === texts[2]);
    return available === undefined ? {} : inIntegration(available, name);
  }
}

function inIntegration({ entry, accounts }: AvailableIntegration, name: readonly Segment[]): Resolution {
  const known = accounts.map((account) => account.name);
  const text = name[3]?.text;
  if (name.length === 3 || (text !== undefined && findTool(entry.tools, text) !== undefined)) return toolAt(entry, name, 3);
  if (text !== undefined && name.length === 4 && !known.includes(text))
    return unknownFunction(name, 3, `Unknown function: ${pathOf(name, 4)}.`, [...entry.tools.map((tool) => tool.name), ...known]);
  const rest = name.length === 4 && text === undefined ? {} : toolAt(entry, name, 4);
  return text === undefined || known.includes(text) ? rest : { ...rest, account: unknownAccount(entry, name, text, known) };
}

function toolAt(entry: ManifestEntry, name: readonly Segment[], index: number): Resolution {
  if (name.length <= index) return { isNamespace: true };
  const text = name[index]?.text;
  if (text === undefined) return {};
  const tool = findTool(entry.tools, text);
  if (tool !== undefined) return name.length === index + 1 ? { tool: { entry, tool, path: `${entry.id}.${tool.name}` } } : {};
  const names = entry.tools.map((candidate) => candidate.name);
  return unknownFunction(name, index, `Unknown function: ${pathOf(name, index + 1)}.`, names);
}

function unknownAccount(
  entry: ManifestEntry,
  name: readonly Segment[],
  text: string,
  known: readonly string[],
): Resolution['account'] & {} {
  const fields = entry.credentials.filter(({ required }) => required).map((field) => variableName(entry.id, text, field.name));
  return {
    node: (name[3] as Segment).node,
    message: `Unknown account: ${pathOf(name, 4)}.${question(text, known)} Accounts here: ${known.join(', ')}. It is read from ${fields.join(', ')}, which are not set here; kosmo integrations:configure ${entry.id} --account ${text} sets it up.`,
    // Without another configured account, the accounts are probably those of another machine.
    isCertain: known.length > 1,
  };
}

// The first parts of a name as text: `app.integrations[…]`.
function pathOf(name: readonly Segment[], end: number): string {
  return name.slice(0, end).reduce((all, { text }) => all + (text === undefined ? '[…]' : `${all && '.'}${text}`), '');
}

function unknownFunction(name: readonly Segment[], index: number, message: string, known: Iterable<string>): Resolution {
  return missingAt(name, index, { rule: 'unknown-function', message, known });
}

interface MissingName extends Pick<Missing, 'rule' | 'message'> {
  /** Names that exist there. */
  readonly known: Iterable<string>;
}

function missingAt(name: readonly Segment[], index: number, { rule, message, known }: MissingName): Resolution {
  const { text = '', node } = name[index] as Segment;
  const dotted = name
    .slice(0, index + 1)
    .map((segment) => segment.text)
    .join('.');
  return {
    missing: { node, rule, message: `${message}${hintSentence(dotted) ?? question(text, known)}`, isIndexed: index < name.length - 1 },
  };
}

/** ` Write table.unpack.` for a name that scripts do not have; undefined for one that is not known. */
export function hintSentence(name: string): string | undefined {
  const hint = hintForName(name);
  return hint === undefined ? undefined : ` ${hint[0]?.toUpperCase()}${hint.slice(1)}.`;
}

/** ` Did you mean: print?`, or nothing. */
export function question(wrong: string, candidates: Iterable<string>): string {
  const close = suggest(wrong, candidates);
  return close.length === 0 ? '' : ` Did you mean: ${close.join(', ')}?`;
}

import type { Expression, Node } from 'luaparse';
import { findTool, type ManifestEntry, type ToolDescription, variableName } from '../../integration/index.ts';
import { hintForName } from '../../lua/index.ts';
import { suggest } from '../../schema/index.ts';
import type { AvailableIntegration } from '../integrations.ts';
import type { FindingRule } from './finding.ts';
import { decodeUtf8 } from './literals.ts';
import type { ScopeAnalysis } from './scope-analysis.ts';

/** A part of a dotted name; without `text` where it is computed. */
export interface Segment {
  readonly text: string | undefined;
  readonly node: Node;
}

/** What there is in a sandbox: the names inside what a path leads to, the globals for the empty one. */
export type NamesIn = (path: readonly string[]) => readonly string[];

/** A name that leads nowhere. */
export interface Missing {
  readonly node: Node;
  readonly rule: FindingRule;
  readonly message: string;
  /** Something is looked up in what does not exist. */
  readonly isIndexed: boolean;
}

/** What a dotted name means. */
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

/** The dotted name, from a global on, that an expression stands for. An alias that is given another value is not followed. */
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

/** Tells what dotted names mean that begin with a global of the sandbox. */
export function createResolver(namesIn: NamesIn, integrations: readonly AvailableIntegration[]): (name: readonly Segment[]) => Resolution {
  const missingAt = (
    name: readonly Segment[],
    index: number,
    rule: FindingRule,
    message: string,
    candidates: Iterable<string>,
  ): Resolution => {
    const { text = '', node } = name[index] as Segment;
    const dotted = name
      .slice(0, index + 1)
      .map((segment) => segment.text)
      .join('.');
    return {
      missing: {
        node,
        rule,
        message: `${message}${hintSentence(dotted) ?? question(text, candidates)}`,
        isIndexed: index < name.length - 1,
      },
    };
  };

  const inApp = (name: readonly Segment[]): Resolution => {
    const texts = name.map(({ text }) => text);
    const path = (end: number): string =>
      texts.slice(0, end).reduce<string>((all, text) => all + (text === undefined ? '[…]' : `${all && '.'}${text}`), '');
    for (const index of [1, 2]) {
      const known = namesIn(texts.slice(0, index) as string[]);
      if (name.length <= index || texts[index] === undefined) return {};
      if (!known.includes(texts[index]))
        return missingAt(name, index, 'unknown-function', `${path(index)} has no '${texts[index]}'.`, known);
      // What servers there are is for the machine to say that runs the script.
      if (texts[1] === 'mcp') return {};
    }
    const available = integrations.find(({ entry }) => entry.id === texts[2]);
    return available === undefined ? {} : inIntegration(available, name, texts, path);
  };

  const inIntegration = (
    { entry, accounts }: AvailableIntegration,
    name: readonly Segment[],
    texts: readonly (string | undefined)[],
    path: (end: number) => string,
  ): Resolution => {
    const tools = entry.tools.map((tool) => tool.name);
    const known = accounts.map((account) => account.name);
    const toolAt = (index: number): Resolution => {
      const text = texts[index];
      if (name.length <= index) return { isNamespace: true };
      if (text === undefined) return {};
      const tool = findTool(entry.tools, text);
      if (tool === undefined) return missingAt(name, index, 'unknown-function', `Unknown function: ${path(index + 1)}.`, tools);
      return name.length === index + 1 ? { tool: { entry, tool, path: `${entry.id}.${tool.name}` } } : {};
    };
    const text = texts[3];
    if (name.length === 3 || (text !== undefined && findTool(entry.tools, text) !== undefined)) return toolAt(3);
    if (text !== undefined && name.length === 4 && !known.includes(text))
      return missingAt(name, 3, 'unknown-function', `Unknown function: ${path(4)}.`, [...tools, ...known]);
    const rest = name.length === 4 && text === undefined ? {} : toolAt(4);
    if (text === undefined || known.includes(text)) return rest;
    const fields = entry.credentials.filter(({ required }) => required).map((field) => variableName(entry.id, text, field.name));
    return {
      ...rest,
      account: {
        node: (name[3] as Segment).node,
        message: `Unknown account: ${path(4)}.${question(text, known)} Accounts here: ${known.join(', ')}. It is read from ${fields.join(', ')}, which are not set here; kosmo integrations:configure ${entry.id} --account ${text} sets it up.`,
        // Where no other account is configured either, the accounts are likely to be those of another machine.
        isCertain: known.length > 1,
      },
    };
  };

  return (name) => {
    if (name[0]?.text === 'app') return inApp(name);
    for (const index of name.keys()) {
      const { text } = name[index] as Segment;
      if (text === undefined) return {};
      if (index === 0) continue;
      const base = name.slice(0, index).map((segment) => segment.text as string);
      const known = namesIn(base);
      // Not a table, or one with nothing in it yet.
      if (known.length === 0) return {};
      if (!known.includes(text)) return missingAt(name, index, 'unknown-member', `${base.join('.')} has no '${text}'.`, known);
    }
    return {};
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

import type { Expression } from 'luaparse';
import type { NamesIn, Segment } from './resolve-names.ts';
import type { ScopeAnalysis, Use, Variable } from './scope-analysis.ts';

/** A use of a name, and the global that it leads to. */
export interface ResolvedUse {
  readonly use: Use;
  readonly path: readonly Segment[] | undefined;
}

/** Assignments and tests of a script that make names uncertain. */
export interface GlobalUsage {
  /** Globals whose tables the script may change: they are given away, or something is put into them. */
  readonly changed: ReadonlySet<string>;
  /** Dotted names that the script asks for before it uses them. */
  readonly tested: ReadonlySet<string>;
  /** Globals may be assigned unseen: by `load`, or through a table that is `_G`. */
  readonly assignsUnseen: boolean;
  /** Whether a use only gives a name to what is judged where that name is used. */
  readonly isAlias: (use: Use) => boolean;
}

export function analyzeGlobals(resolved: readonly ResolvedUse[], { locals, globals }: ScopeAnalysis, namesIn: NamesIn): GlobalUsage {
  const globalVariables: ReadonlySet<Variable> = new Set(globals.values());
  const isAlias: GlobalUsage['isAlias'] = ({ role, alias }) =>
    role === 'alias' && alias !== undefined && alias.assignments === (globalVariables.has(alias) ? 1 : 0);
  const isGlobal = (name: Expression, wanted: string): boolean => name.type === 'Identifier' && name.name === wanted && !locals.has(name);
  const changed = new Set<string>();
  const tested = new Set<string>();
  let assignsUnseen = false;
  for (const { use, path } of resolved) {
    const { name, role } = use;
    const isComputedGlobal = name.type === 'IndexExpression' && isGlobal(name.base, '_G');
    if (isGlobal(name, 'load') || (isGlobal(name, '_G') && role !== 'base') || (isComputedGlobal && role === 'written'))
      assignsUnseen = true;
    const texts = path?.map(({ text }) => text) ?? [];
    const [first] = texts;
    if (first === undefined) continue;
    if (role === 'tested') tested.add(texts.join('.'));
    const escapes = texts.length === 1 && (role === 'read' || (role === 'alias' && !isAlias(use))) && namesIn([first]).length > 0;
    const isWritten = texts.length > 1 && role === 'written';
    // Nothing can be put into `app`.
    if (first !== 'app' && (escapes || isWritten)) changed.add(first);
  }
  return { changed, tested, assignsUnseen, isAlias };
}

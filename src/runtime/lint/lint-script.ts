import type { Chunk, Expression, Node } from 'luaparse';
import { redactText } from '../../errors/index.ts';
import type { Sandbox } from '../../lua/index.ts';
import type { AvailableIntegration } from '../integrations.ts';
import type { Finding, FindingRule } from './finding.ts';
import { lintCall } from './lint-call.ts';
import { lintLibraryCall } from './lint-library-call.ts';
import { analyzeGlobals } from './mutations.ts';
import { parseScript, syntaxFinding } from './parse.ts';
import { createResolver, hintSentence, type NamesIn, question, type Resolution, resolve, type Segment } from './resolve-names.ts';
import { analyzeScopes, type ScopeAnalysis } from './scope-analysis.ts';
import { readSource, type Source } from './source.ts';

/** How the engine calls the script in its messages. */
const CHUNK = 'script';

/**
 * What is wrong with a script that can be told without running it, in the order of its lines: errors of syntax, names that lead nowhere,
 * arguments that a call would refuse. `sandbox` is a fresh one, as the script would get: what is in it is what there is. `pages` are those of `docs.read`.
 */
export async function lintScript(
  code: string | Uint8Array,
  sandbox: Pick<Sandbox, 'loadError' | 'names'>,
  integrations: readonly AvailableIntegration[],
  pages: readonly string[],
): Promise<readonly Finding[]> {
  const source = readSource(code);
  const parsed = parseScript(source);
  const error = sandbox.loadError(code, CHUNK);
  const findings =
    error !== undefined
      ? [syntaxFinding(source, error, CHUNK, parsed)]
      : 'tree' in parsed
        ? await checkTree(parsed.tree, source, sandbox, integrations, pages)
        : [notChecked(source, parsed.line, parsed.byte)];
  // The line has been read by now, with the secrets in it.
  return findings.map((finding) => ({ ...finding, message: redactText(finding.message) }));
}

async function checkTree(
  tree: Chunk,
  source: Source,
  sandbox: Pick<Sandbox, 'names'>,
  integrations: readonly AvailableIntegration[],
  pages: readonly string[],
): Promise<readonly Finding[]> {
  try {
    return await checkNames(analyzeScopes(tree), source, sandbox, integrations, pages);
  } catch (thrown) {
    if (thrown instanceof RangeError) return [notChecked(source, 1, 0)];
    throw thrown;
  }
}

function notChecked(source: Source, line: number, byte: number): Finding {
  const message = 'The script is valid Lua; names and arguments in it could not be checked.';
  return { line, column: source.column(line, byte), severity: 'warning', rule: 'not-checked', message, source: source.line(line) };
}

async function checkNames(
  references: ScopeAnalysis,
  source: Source,
  sandbox: Pick<Sandbox, 'names'>,
  integrations: readonly AvailableIntegration[],
  pages: readonly string[],
): Promise<readonly Finding[]> {
  const { uses, calls, locals, globals: assigned, hasEnvironment } = references;
  // With globals of its own, no name means what it says.
  if (hasEnvironment) return [];
  const slugs = new Set(integrations.flatMap(({ entry }) => entry.tools.flatMap(({ slug }) => [slug, `${entry.id}.${slug}`])));
  const namesIn = memoize((path) => sandbox.names(path));
  const readable = [...pages, ...integrations.flatMap(({ entry, accounts }) => accounts.map(({ name }) => `${entry.id}.${name}`))];
  const readablePages = { names: readable, isName: (name: string) => readable.includes(name) || slugs.has(name) };
  const globals = new Set(namesIn([]));
  const meaningOf = createResolver(namesIn, integrations);
  const pathOf = (expression: Expression): readonly Segment[] | undefined => resolve(expression, references, (name) => globals.has(name));
  const resolved = uses.map((use) => ({ use, path: pathOf(use.name) }));
  const { changed, tested, assignsUnseen, isAlias } = analyzeGlobals(resolved, references, namesIn);
  const findings = createFindings(source);

  /** What a name means, unless the script may have changed that. */
  const meaning = (path: readonly Segment[] | undefined): Resolution => {
    const first = path?.[0]?.text;
    return path === undefined || first === undefined || !globals.has(first) || changed.has(first) ? {} : meaningOf(path);
  };

  /** The name of a function of the host's, unless the script may have changed it. */
  const hostName = (path: readonly Segment[] | undefined): string | undefined => {
    const [first] = path ?? [];
    if (path === undefined || first?.text === undefined || !globals.has(first.text) || changed.has(first.text)) return undefined;
    return assigned.has(first.text) ? undefined : path.map(({ text }) => text ?? '').join('.');
  };

  for (const { use, path } of resolved) {
    if (findings.isFull()) break;
    const { name, role } = use;
    if (role === 'tested' || role === 'written') continue;
    if (name.type === 'Identifier' && !locals.has(name) && !assigned.has(name.name) && !globals.has(name.name)) {
      if (tested.has(name.name) || assignsUnseen) continue;
      const close = nearGlobal(name.name, [...globals, ...assigned.keys()], integrations);
      findings.add(name, 'warning', 'unknown-global', `Unknown global: ${name.name} is nil here.${hintSentence(name.name) ?? close}`);
      continue;
    }
    if (role === 'base' || isAlias(use)) continue;
    const { missing, account } = meaning(path);
    if (account !== undefined) findings.add(account.node, account.isCertain ? 'error' : 'warning', 'unknown-account', account.message);
    if (missing === undefined || tested.has((path ?? []).map(({ text }) => text).join('.'))) continue;
    findings.add(missing.node, role === 'called' || missing.isIndexed ? 'error' : 'warning', missing.rule, missing.message);
  }

  for (const { callee, args, through } of calls) {
    if (findings.isFull()) break;
    if (through !== undefined && assigned.has(through)) continue;
    if (callee.type === 'MemberExpression' && callee.indexer === ':') {
      const { name } = callee.identifier;
      const base = pathOf(callee.base);
      if (meaning(base).isNamespace === true || isLibrary(hostName(base), name, namesIn))
        findings.add(
          callee.identifier,
          'error',
          'method-call',
          `Write .${name}, not :${name}: what stands before a colon is passed on, too.`,
        );
      const isText = callee.base.type === 'StringLiteral' && !changed.has('string') && !assigned.has('string');
      if (isText && !namesIn(['string']).includes(name))
        findings.add(callee.identifier, 'error', 'unknown-member', `string has no '${name}'.${question(name, namesIn(['string']))}`);
      continue;
    }
    const path = pathOf(callee);
    const { tool } = meaning(path);
    const called = callee.type === 'MemberExpression' ? callee.identifier : callee;
    const host = hostName(path);
    if (host !== undefined) {
      for (const { place = called, severity, message } of lintLibraryCall(host, args, readablePages))
        findings.add(place, severity, 'invalid-arguments', `${host}: ${message}`);
    }
    if (tool === undefined) continue;
    for (const { place = called, severity, message } of await lintCall(tool.entry, tool.tool, args))
      findings.add(place, severity, 'invalid-arguments', `${tool.path}: ${message}`);
  }
  return findings.sorted();
}

// `json:encode(x)`: a table of functions, and not data such as `input`.
function isLibrary(base: string | undefined, name: string, namesIn: NamesIn): boolean {
  return base !== undefined && base !== 'input' && base !== '_G' && namesIn(base.split('.')).includes(name);
}

interface Findings {
  readonly add: (node: Node, severity: Finding['severity'], rule: FindingRule, message: string) => void;
  readonly isFull: () => boolean;
  readonly sorted: () => readonly Finding[];
}

/** A script with more has one mistake that is everywhere. */
const MAX_FINDINGS = 200;

// The same is said once of a place, as an error if it is one.
function createFindings(source: Source): Findings {
  const found = new Map<string, Finding>();
  return {
    add(node, severity, rule, message) {
      const { line, column: byte } = node.loc?.start ?? { line: 1, column: 0 };
      const key = `${line}:${byte}:${message}`;
      if (found.get(key)?.severity === 'error') return;
      found.set(key, { line, column: source.column(line, byte), severity, rule, message, source: source.line(line) });
    },
    isFull: () => found.size >= MAX_FINDINGS,
    sorted: () => [...found.values()].sort((a, b) => a.line - b.line || a.column - b.column),
  };
}

function memoize(names: NamesIn): NamesIn {
  const found = new Map<string, readonly string[]>();
  return (path) => {
    const key = path.join('.');
    const known = found.get(key) ?? names(path);
    found.set(key, known);
    return known;
  };
}

function nearGlobal(name: string, globals: readonly string[], integrations: readonly AvailableIntegration[]): string {
  const integration = integrations.find(({ entry }) => entry.id === name || entry.tools.some((tool) => tool.name === name));
  if (integration === undefined) return question(name, globals);
  const { id } = integration.entry;
  return ` Did you mean: app.integrations.${id}${name === id ? '' : `.${name}`}?`;
}

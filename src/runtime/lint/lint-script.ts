import type { Chunk, Expression, Identifier, MemberExpression, Node } from 'luaparse';
import { redactText } from '../../errors/index.ts';
import type { Sandbox } from '../../lua/index.ts';
import type { AvailableIntegration } from '../integrations.ts';
import type { WorkflowDeclaration } from '../workflow/declaration.ts';
import { readTree, type StaticRequire, type StaticScript } from '../workflow/read-script.ts';
import type { Finding, FindingRule } from './finding.ts';
import { lintCall } from './lint-call.ts';
import { lintLibraryCall } from './lint-library-call.ts';
import { lintDeclarations, undeclaredCall } from './lint-workflow.ts';
import { analyzeGlobals } from './mutations.ts';
import { parseScript, syntaxFinding } from './parse.ts';
import { hintSentence, NameResolver, type NamesIn, question, type Resolution, resolve, type Segment } from './resolve-names.ts';
import { analyzeScopes, type Call, type ScopeAnalysis, type Use } from './scope-analysis.ts';
import { readSource, type Source } from './source.ts';

/** How the engine calls the script in its messages. */
const CHUNK = 'script';

/** What a script may name. */
export interface ScriptNames {
  /** A new sandbox, as the script would get it. */
  readonly sandbox: Pick<Sandbox, 'loadError' | 'names'>;
  readonly integrations: readonly AvailableIntegration[];
  /** The pages of `docs.read`. */
  readonly pages: readonly string[];
  readonly module: LintedModule;
}

/** Where a text stands among the modules of a script. */
export interface LintedModule {
  /** Undefined for the script itself. */
  readonly name: string | undefined;
  /** Of the script, for its modules. */
  readonly declaration?: WorkflowDeclaration | undefined;
  /** Says why a module cannot be loaded. */
  readonly check: (required: StaticRequire) => string | undefined;
}

export interface LintedScript {
  readonly findings: readonly Finding[];
  /** Undefined without a declaration that can be read. */
  readonly declaration?: WorkflowDeclaration | undefined;
}

/**
 * Finds mistakes in a script without running it, in the order of its lines: errors of syntax, names that do not exist, and arguments that a
 * call would refuse.
 */
export async function lintScript(code: string | Uint8Array, names: ScriptNames): Promise<LintedScript> {
  const source = readSource(code);
  const parsed = parseScript(source);
  const error = names.sandbox.loadError(code, CHUNK);
  const { findings, ...more }: LintedScript =
    error !== undefined
      ? { findings: [syntaxFinding(source, error, CHUNK, parsed)] }
      : 'tree' in parsed
        ? await checkTree(parsed.tree, source, names)
        : { findings: [notChecked(source, parsed.line, parsed.byte)] };
  // Redacted only now: the source lines of findings may contain secrets.
  return { ...more, findings: findings.map((finding) => ({ ...finding, message: redactText(finding.message) })) };
}

async function checkTree(tree: Chunk, source: Source, names: ScriptNames): Promise<LintedScript> {
  try {
    const scopes = analyzeScopes(tree);
    // With globals of its own, every name may mean something else.
    return scopes.hasEnvironment ? { findings: [] } : await new NameChecker(tree, scopes, source, names).check();
  } catch (thrown) {
    if (thrown instanceof RangeError) return { findings: [notChecked(source, 1, 0)] };
    throw thrown;
  }
}

function notChecked(source: Source, line: number, byte: number): Finding {
  const message = 'The script is valid Lua; names and arguments in it could not be checked.';
  return { line, column: source.column(line, byte), severity: 'warning', rule: 'not-checked', message, source: source.line(line) };
}

interface ResolvedUse {
  readonly use: Use;
  readonly path: readonly Segment[] | undefined;
}

/** Checks the names and calls of one script. */
class NameChecker {
  readonly #scopes: ScopeAnalysis;
  readonly #integrations: readonly AvailableIntegration[];
  readonly #namesIn: NamesIn;
  readonly #globals: ReadonlySet<string>;
  readonly #resolver: NameResolver;
  readonly #pages: ReadablePages;
  readonly #uses: readonly ResolvedUse[];
  readonly #usage: ReturnType<typeof analyzeGlobals>;
  readonly #findings: Findings;
  readonly #script: StaticScript;
  readonly #module: LintedModule;

  constructor(tree: Chunk, scopes: ScopeAnalysis, source: Source, { sandbox, integrations, pages, module }: ScriptNames) {
    this.#scopes = scopes;
    this.#integrations = integrations;
    this.#namesIn = memoize((path) => sandbox.names(path));
    this.#globals = new Set(this.#namesIn([]));
    this.#resolver = new NameResolver(this.#namesIn, integrations);
    this.#pages = readablePages(integrations, pages);
    this.#uses = scopes.uses.map((use) => ({ use, path: this.#pathOf(use.name) }));
    this.#usage = analyzeGlobals(this.#uses, scopes, this.#namesIn);
    this.#findings = createFindings(source);
    this.#script = readTree(tree, (callee) => !scopes.locals.has(callee) && !scopes.globals.has(callee.name));
    this.#module = module;
  }

  async check(): Promise<LintedScript> {
    const declaration = this.#checkWorkflow();
    for (const resolved of this.#uses) {
      if (this.#findings.isFull()) break;
      this.#checkUse(resolved);
    }
    for (const call of this.#scopes.calls) {
      if (this.#findings.isFull()) break;
      const { callee, through } = call;
      if (through !== undefined && this.#scopes.globals.has(through)) continue;
      if (callee.type === 'MemberExpression' && callee.indexer === ':') this.#checkMethod(callee);
      else await this.#checkCall(call, declaration ?? this.#module.declaration);
    }
    return { findings: this.#findings.sorted(), declaration };
  }

  #checkWorkflow(): WorkflowDeclaration | undefined {
    const calls = this.#scopes.calls.filter(({ callee }) => this.#script.immediate.has(callee));
    const firstCall = calls.find(({ callee }) => this.#meaning(this.#pathOf(callee)).tool !== undefined)?.callee;
    const { name: module, check } = this.#module;
    const { problems, declaration } = lintDeclarations(this.#script, { integrations: this.#integrations, module, firstCall });
    for (const { place, severity, message } of problems) this.#findings.add(place, severity, 'workflow', message);
    for (const required of this.#script.requires) {
      const problem = check(required);
      if (problem !== undefined) this.#findings.add(required.node, 'error', 'module', problem);
    }
    return declaration;
  }

  #checkUse({ use, path }: ResolvedUse): void {
    const { name, role } = use;
    const { tested, isAlias } = this.#usage;
    if (role === 'tested' || role === 'written') return;
    if (name.type === 'Identifier' && !this.#isDefined(name)) {
      this.#checkUnknownGlobal(name);
      return;
    }
    if (role === 'base' || isAlias(use)) return;
    const { missing, account } = this.#meaning(path);
    if (account !== undefined)
      this.#findings.add(account.node, account.isCertain ? 'error' : 'warning', 'unknown-account', account.message);
    if (missing === undefined || tested.has((path ?? []).map(({ text }) => text).join('.'))) return;
    this.#findings.add(missing.node, role === 'called' || missing.isIndexed ? 'error' : 'warning', missing.rule, missing.message);
  }

  #isDefined(name: Identifier): boolean {
    return this.#scopes.locals.has(name) || this.#scopes.globals.has(name.name) || this.#globals.has(name.name);
  }

  #checkUnknownGlobal(name: Identifier): void {
    const { tested, assignsUnseen } = this.#usage;
    if (tested.has(name.name) || assignsUnseen) return;
    const hint = hintSentence(name.name) ?? nearGlobal(name.name, [...this.#globals, ...this.#scopes.globals.keys()], this.#integrations);
    this.#findings.add(name, 'warning', 'unknown-global', `Unknown global: ${name.name} is nil here.${hint}`);
  }

  #checkMethod({ base: object, identifier }: MemberExpression): void {
    const { name } = identifier;
    const base = this.#pathOf(object);
    if (this.#meaning(base).isNamespace === true || isLibrary(this.#hostName(base), name, this.#namesIn))
      this.#findings.add(identifier, 'error', 'method-call', `Write .${name}, not :${name}: what stands before a colon is passed on, too.`);
    const isText = object.type === 'StringLiteral' && !this.#usage.changed.has('string') && !this.#scopes.globals.has('string');
    if (isText && !this.#namesIn(['string']).includes(name))
      this.#findings.add(identifier, 'error', 'unknown-member', `string has no '${name}'.${question(name, this.#namesIn(['string']))}`);
  }

  async #checkCall({ callee, args }: Call, declaration: WorkflowDeclaration | undefined): Promise<void> {
    const path = this.#pathOf(callee);
    const { tool } = this.#meaning(path);
    const called = callee.type === 'MemberExpression' ? callee.identifier : callee;
    const host = this.#hostName(path);
    if (host !== undefined) {
      for (const { place = called, severity, message } of lintLibraryCall(host, args, this.#pages))
        this.#findings.add(place, severity, 'invalid-arguments', `${host}: ${message}`);
    }
    if (tool === undefined) return;
    const undeclared = undeclaredCall(declaration, tool.entry.id, tool.tool);
    if (undeclared !== undefined) this.#findings.add(called, 'error', 'undeclared-call', undeclared);
    for (const { place = called, severity, message } of await lintCall(tool.entry, tool.tool, args))
      this.#findings.add(place, severity, 'invalid-arguments', `${tool.path}: ${message}`);
  }

  #pathOf(expression: Expression): readonly Segment[] | undefined {
    return resolve(expression, this.#scopes, (name) => this.#globals.has(name));
  }

  // Empty if the script may have changed the name.
  #meaning(path: readonly Segment[] | undefined): Resolution {
    return path !== undefined && this.#isUnchanged(path) ? this.#resolver.resolve(path) : {};
  }

  // The name of a function of the host; undefined if the script may have changed it.
  #hostName(path: readonly Segment[] | undefined): string | undefined {
    if (path === undefined || !this.#isUnchanged(path) || this.#scopes.globals.has(path[0]?.text ?? '')) return undefined;
    return path.map(({ text }) => text ?? '').join('.');
  }

  #isUnchanged([first]: readonly Segment[]): boolean {
    return first?.text !== undefined && this.#globals.has(first.text) && !this.#usage.changed.has(first.text);
  }
}

type ReadablePages = Parameters<typeof lintLibraryCall>[2];

function readablePages(integrations: readonly AvailableIntegration[], pages: readonly string[]): ReadablePages {
  const slugs = new Set(integrations.flatMap(({ entry }) => entry.tools.flatMap(({ slug }) => [slug, `${entry.id}.${slug}`])));
  const names = [...pages, ...integrations.flatMap(({ entry, accounts }) => accounts.map(({ name }) => `${entry.id}.${name}`))];
  return { names, isName: (name) => names.includes(name) || slugs.has(name) };
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

/** With more findings a script probably repeats one mistake. */
const MAX_FINDINGS = 200;

// One finding for each place and message; an error wins over a warning.
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

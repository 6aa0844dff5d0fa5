import { isKosmoError } from '../../errors/index.ts';
import type { WorkflowDeclaration } from '../workflow/declaration.ts';
import type { ModuleReader } from '../workflow/modules.ts';
import { readScript, type StaticRequire } from '../workflow/read-script.ts';
import type { Finding } from './finding.ts';
import { LIBRARIES } from './libraries.ts';
import { lintScript, type ScriptNames } from './lint-script.ts';

/** Finds mistakes in a script and in the modules that it names, without running it. Each module is checked once. */
export async function lintWithModules(
  code: string | Uint8Array,
  names: Omit<ScriptNames, 'module'>,
  modules: ModuleReader,
): Promise<readonly Finding[]> {
  const graph = new ModuleGraph(modules);
  const script = await lintScript(code, { ...names, module: { name: undefined, check: (required) => graph.check(required, undefined) } });
  const findings = [...script.findings];
  for (const name of graph.found) findings.push(...(await lintModule(name, graph, names, script.declaration)));
  return findings;
}

async function lintModule(
  name: string,
  graph: ModuleGraph,
  names: Omit<ScriptNames, 'module'>,
  declaration: WorkflowDeclaration | undefined,
): Promise<readonly Finding[]> {
  const { chunk, text } = graph.modules.find(name);
  const module = { name, declaration, check: (required: StaticRequire) => graph.check(required, name) };
  const { findings } = await lintScript(text, { ...names, module });
  return findings.map((finding) => ({ ...finding, module: chunk }));
}

/** The modules that are named, in the order in which they are found, which grows while they are checked. */
class ModuleGraph {
  readonly modules: ModuleReader;
  readonly found = new Set<string>();
  readonly #required = new Map<string, readonly string[]>();

  constructor(modules: ModuleReader) {
    this.modules = modules;
  }

  /** Says why a module cannot be loaded, and remembers one that can. */
  check({ name, isImmediate }: StaticRequire, from: string | undefined): string | undefined {
    if (LIBRARIES.includes(name)) return undefined;
    try {
      this.modules.find(name);
    } catch (thrown) {
      if (!isKosmoError(thrown)) throw thrown;
      return `require: ${thrown.message}${thrown.hint === undefined ? '' : ` ${capitalized(thrown.hint)}.`}`;
    }
    this.found.add(name);
    const circle = isImmediate && from !== undefined ? this.#path(name, from) : undefined;
    return (
      circle && `require: modules load each other in a circle: ${[from, ...circle].join(' → ')}. Move what both need into a third module.`
    );
  }

  // The way from one module to another, over what each loads while it is loaded itself.
  #path(from: string, to: string, seen: readonly string[] = []): readonly string[] | undefined {
    if (from === to) return [from];
    for (const next of this.#requiredBy(from)) {
      const rest = seen.includes(next) ? undefined : this.#path(next, to, [...seen, from]);
      if (rest !== undefined) return [from, ...rest];
    }
    return undefined;
  }

  #requiredBy(name: string): readonly string[] {
    let required = this.#required.get(name);
    if (required === undefined) {
      required = this.#read(name);
      this.#required.set(name, required);
    }
    return required;
  }

  #read(name: string): readonly string[] {
    try {
      const script = readScript(this.modules.find(name).text);
      return 'line' in script ? [] : script.requires.flatMap(({ name: other, isImmediate }) => (isImmediate ? [other] : []));
    } catch (thrown) {
      if (isKosmoError(thrown)) return [];
      throw thrown;
    }
  }
}

function capitalized(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}

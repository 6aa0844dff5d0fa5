import type { Node } from 'luaparse';
import { shorten } from '../../schema/index.ts';
import { type DeclaredIntegration, dotted, readDeclaration, type WorkflowDeclaration } from '../workflow/declaration.ts';
import type { StaticDeclaration, StaticScript } from '../workflow/read-script.ts';
import type { Finding } from './finding.ts';

/** Something wrong with a declaration or a module. */
export interface WorkflowProblem {
  readonly place: Node;
  readonly severity: Finding['severity'];
  readonly message: string;
}

export interface DeclarationContext {
  readonly integrations: readonly DeclaredIntegration[];
  /** The name of the module that the text is. @default undefined (it is a script) */
  readonly module?: string | undefined;
  /** Where the first call of a function is made that is not in a function of the script. */
  readonly firstCall: Node | undefined;
}

/** Checks the declaration of a script: what `workflow` would refuse, and what kosmo cannot read without running the script. */
export function lintDeclarations(
  { declarations }: StaticScript,
  { integrations, module, firstCall }: DeclarationContext,
): { readonly problems: readonly WorkflowProblem[]; readonly declaration: WorkflowDeclaration | undefined } {
  const problems: WorkflowProblem[] = [];
  const error = (place: Node, message: string): void => void problems.push({ place, severity: 'error', message });
  const [first, ...more] = declarations;
  if (first === undefined) return { problems, declaration: undefined };
  if (module !== undefined) {
    error(first.node.base, `workflow: a declaration belongs at the top of the script, not into the module '${shorten(module)}'.`);
    return { problems, declaration: undefined };
  }
  for (const { node } of more) error(node.base, 'workflow: a script declares itself once. Put everything into one declaration.');
  if (firstCall !== undefined && isBefore(firstCall, first.node))
    error(firstCall, 'workflow: the declaration comes first, and this call is made before it. Move the declaration to the top.');
  if (first.value === undefined) {
    problems.push({
      place: first.computed,
      severity: 'warning',
      message:
        'workflow: this is not a literal. kosmo run, its --help and kosmo workflows read the declaration without running the script; now they know neither its input nor its calls.',
    });
    return { problems, declaration: undefined };
  }
  const { declaration, problems: found } = readDeclaration(first.value, integrations);
  for (const { at, message } of found) error(placeOf(first, at), `workflow: ${dotted(at)} ${message}`.replace('  ', ' '));
  return { problems, declaration };
}

/** Says that a workflow does not declare a call; undefined if it does. The name of an account is left to the run. */
export function undeclaredCall(
  declaration: WorkflowDeclaration | undefined,
  integration: string,
  { name, alias }: { readonly name: string; readonly alias?: string | undefined },
): string | undefined {
  const calls = declaration?.calls;
  const isDeclared = calls?.some(
    ({ function: { provider, name: declared } }) => provider.path === integration && (declared === name || declared === alias),
  );
  return isDeclared === false
    ? `${integration}.${name} is not declared by this workflow: the call is refused. Add "${integration}.${name}" to calls.`
    : undefined;
}

// The place itself, or the nearest part around it that the text has.
function placeOf({ node, places }: StaticDeclaration, at: readonly (string | number)[]): Node {
  for (let length = at.length; length > 0; length--) {
    const place = places.get(dotted(at.slice(0, length)));
    if (place !== undefined) return place;
  }
  return node.base;
}

function isBefore(a: Node, b: Node): boolean {
  const [from, to] = [a.loc?.start, b.loc?.start];
  return from !== undefined && to !== undefined && (from.line < to.line || (from.line === to.line && from.column < to.column));
}

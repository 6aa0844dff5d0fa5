import type { CallExpression, Chunk, Expression, Identifier, IndexExpression, MemberExpression, Statement } from 'luaparse';

/** An expression that can name something: `app.integrations["agora"]`. */
export type Name = Identifier | MemberExpression | IndexExpression;

/**
 * How a name is used: called, as what comes before a `.`, to give a variable its value, to find out whether there is such a thing, with a
 * new value, or in any other way.
 */
export type Role = 'called' | 'base' | 'alias' | 'tested' | 'written' | 'read';

export interface Use {
  readonly name: Name;
  readonly role: Role;
  /** With the role `alias`: what gets the value. */
  readonly alias?: Variable;
}

export interface Variable {
  /** What it was given when it was made, where that is one expression. */
  init?: Expression;
  /** How often it is given a value, for a local one besides that. */
  assignments: number;
}

export interface Call {
  readonly callee: Expression;
  readonly args: readonly Expression[];
  /** `pcall` or `xpcall`, when that makes the call. */
  readonly through?: string;
}

/** Every name of a script in its scope. */
export interface ScopeAnalysis {
  /** The local variable of a name; names without one are global. */
  readonly locals: ReadonlyMap<Identifier, Variable>;
  /** The globals that the script assigns. */
  readonly globals: ReadonlyMap<string, Variable>;
  readonly uses: readonly Use[];
  readonly calls: readonly Call[];
  /** There is a name `_ENV`: globals may be anything. */
  readonly hasEnvironment: boolean;
}

type Scope = Map<string, Variable>;

/** Arguments that come before those of the called function. */
const PROTECTED: Readonly<Record<string, number>> = { pcall: 1, xpcall: 2 };

/** Reads the names of a whole script. Throws `RangeError` where it is nested too deep. */
export function analyzeScopes(chunk: Chunk): ScopeAnalysis {
  const locals = new Map<Identifier, Variable>();
  const globals = new Map<string, Variable>();
  const uses: Use[] = [];
  const calls: Call[] = [];
  const scopes: Scope[] = [];
  let hasEnvironment = false;

  const declare = ({ name }: Identifier, init?: Expression): Variable => {
    if (name === '_ENV') hasEnvironment = true;
    const variable: Variable = { assignments: 0, ...(init === undefined ? {} : { init }) };
    scopes.at(-1)?.set(name, variable);
    return variable;
  };

  const localOf = ({ name }: Identifier): Variable | undefined => scopes.findLast((scope) => scope.has(name))?.get(name);

  const block = (body: readonly Statement[], before?: () => void, after?: () => void): void => {
    scopes.push(new Map());
    before?.();
    for (const statement of body) visitStatement(statement);
    after?.();
    scopes.pop();
  };

  const functionBody = (parameters: readonly Expression[], body: readonly Statement[], isMethod: boolean): void =>
    block(body, () => {
      if (isMethod) declare({ type: 'Identifier', name: 'self' });
      for (const parameter of parameters) if (parameter.type === 'Identifier') declare(parameter);
    });

  const assign = (target: Name, init: Expression | undefined): Variable | undefined => {
    visit(target, 'written');
    const global = globalOf(target);
    const local = target.type === 'Identifier' ? localOf(target) : undefined;
    const variable = local ?? (global === undefined ? undefined : (globals.get(global) ?? { assignments: 0 }));
    if (variable === undefined) return undefined;
    variable.assignments++;
    if (local === undefined && global !== undefined) {
      globals.set(global, variable);
      if (init !== undefined) variable.init = init;
    }
    return variable;
  };

  // `x`, `_G.x` or `_G["x"]`.
  const globalOf = (target: Name): string | undefined => {
    if (target.type === 'Identifier') return localOf(target) === undefined ? target.name : undefined;
    if (target.base.type !== 'Identifier' || target.base.name !== '_G' || localOf(target.base) !== undefined) return undefined;
    if (target.type === 'MemberExpression') return target.identifier.name;
    return target.index.type === 'StringLiteral' ? target.index.value : undefined;
  };

  const visitStatement = (statement: Statement): void => {
    switch (statement.type) {
      case 'LocalStatement': {
        const { variables, init } = statement;
        // What is declared is not yet in scope.
        const scope: Scope = new Map();
        scopes.push(scope);
        const declared = variables.map((variable, index) => declare(variable, init[index]));
        scopes.pop();
        for (const [index, expression] of init.entries()) visit(expression, 'alias', declared[index]);
        for (const [name, variable] of scope) scopes.at(-1)?.set(name, variable);
        break;
      }
      case 'AssignmentStatement': {
        const assigned = statement.variables.map((target, index) => assign(target, statement.init[index]));
        for (const [index, expression] of statement.init.entries()) visit(expression, 'alias', assigned[index]);
        break;
      }
      case 'FunctionDeclaration':
        visitFunction(statement);
        break;
      case 'CallStatement':
        visit(statement.expression, 'read');
        break;
      case 'ReturnStatement':
        visitAll(statement.arguments);
        break;
      case 'IfStatement':
        for (const clause of statement.clauses) {
          if (clause.type !== 'ElseClause') visit(clause.condition, 'tested');
          block(clause.body);
        }
        break;
      case 'WhileStatement':
        visit(statement.condition, 'tested');
        block(statement.body);
        break;
      case 'RepeatStatement':
        block(statement.body, undefined, () => visit(statement.condition, 'tested'));
        break;
      case 'DoStatement':
        block(statement.body);
        break;
      case 'ForNumericStatement':
        visitAll([statement.start, statement.end, ...(statement.step === null ? [] : [statement.step])]);
        block(statement.body, () => declare(statement.variable));
        break;
      case 'ForGenericStatement':
        visitAll(statement.iterators);
        block(statement.body, () => {
          for (const variable of statement.variables) declare(variable);
        });
        break;
    }
  };

  const visitFunction = (declaration: Extract<Expression, { type: 'FunctionDeclaration' }>): void => {
    const { identifier, isLocal, parameters, body } = declaration;
    if (isLocal && identifier?.type === 'Identifier') declare(identifier);
    else if (identifier !== null) assign(identifier, undefined);
    functionBody(parameters, body, identifier?.type === 'MemberExpression' && identifier.indexer === ':');
  };

  const visitAll = (expressions: readonly Expression[]): void => {
    for (const expression of expressions) visit(expression, 'read');
  };

  const visit = (expression: Expression, role: Role, alias?: Variable): void => {
    switch (expression.type) {
      case 'Identifier': {
        if (expression.name === '_ENV') hasEnvironment = true;
        const local = localOf(expression);
        if (local !== undefined) locals.set(expression, local);
        uses.push({ name: expression, role, ...(alias === undefined ? {} : { alias }) });
        break;
      }
      case 'MemberExpression':
        uses.push({ name: expression, role, ...(alias === undefined ? {} : { alias }) });
        visit(expression.base, 'base');
        break;
      case 'IndexExpression':
        uses.push({ name: expression, role, ...(alias === undefined ? {} : { alias }) });
        visit(expression.base, 'base');
        visit(expression.index, 'read');
        break;
      case 'CallExpression':
        visitCall(expression.base, expression.arguments);
        break;
      case 'TableCallExpression':
        visitCall(expression.base, [expression.arguments].flat());
        break;
      case 'StringCallExpression':
        visitCall(expression.base, [expression.argument]);
        break;
      case 'FunctionDeclaration':
        visitFunction(expression);
        break;
      case 'TableConstructorExpression':
        for (const field of expression.fields) {
          if (field.type === 'TableKey') visit(field.key, 'read');
          visit(field.value, 'read');
        }
        break;
      case 'LogicalExpression':
        visit(expression.left, 'tested');
        visit(expression.right, role === 'tested' ? 'tested' : 'read');
        break;
      case 'BinaryExpression': {
        const operands = expression.operator === '==' || expression.operator === '~=' ? 'tested' : 'read';
        visit(expression.left, operands);
        visit(expression.right, operands);
        break;
      }
      case 'UnaryExpression':
        visit(expression.argument, expression.operator === 'not' ? 'tested' : 'read');
        break;
    }
  };

  const visitCall = (callee: CallExpression['base'], args: readonly Expression[]): void => {
    visit(callee, 'called');
    calls.push({ callee, args });
    const name = callee.type === 'Identifier' && localOf(callee) === undefined ? callee.name : '';
    const skipped = Object.hasOwn(PROTECTED, name) ? PROTECTED[name] : undefined;
    const [first, ...rest] = args;
    if (skipped !== undefined && first !== undefined) {
      calls.push({ callee: first, args: args.slice(skipped), through: name });
      visit(first, 'called');
      visitAll(rest);
    } else if (name === 'type' && first !== undefined) {
      visit(first, 'tested');
      visitAll(rest);
    } else visitAll(args);
  };

  block(chunk.body);
  return { locals, globals, uses, calls, hasEnvironment };
}

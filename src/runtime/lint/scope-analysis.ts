import type { CallExpression, Chunk, Expression, Identifier, IndexExpression, MemberExpression, Statement } from 'luaparse';

/** An expression that can name something: `app.integrations["agora"]`. */
export type Name = Identifier | MemberExpression | IndexExpression;

/**
 * How a name is used: as a called function, before a `.`, as the value of a variable, in a test whether it exists, as the target of an
 * assignment, or in another way.
 */
export type Role = 'called' | 'base' | 'alias' | 'tested' | 'written' | 'read';

export interface Use {
  readonly name: Name;
  readonly role: Role;
  /** With the role `alias`: the variable that gets the value. */
  readonly alias?: Variable;
}

export interface Variable {
  /** Its initial value, if that is one expression. */
  init?: Expression;
  /** Number of assignments, without the initial value of a local variable. */
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
  /** The script names `_ENV`: globals may be anything. */
  readonly hasEnvironment: boolean;
}

type Scope = Map<string, Variable>;

/** Arguments that come before those of the called function. */
const PROTECTED: Readonly<Record<string, number>> = { pcall: 1, xpcall: 2 };

/** Reads the names of a whole script. Throws `RangeError` if it is nested too deep. */
export function analyzeScopes(chunk: Chunk): ScopeAnalysis {
  return new ScopeAnalyzer(chunk);
}

class ScopeAnalyzer implements ScopeAnalysis {
  readonly locals = new Map<Identifier, Variable>();
  readonly globals = new Map<string, Variable>();
  readonly uses: Use[] = [];
  readonly calls: Call[] = [];
  hasEnvironment = false;
  readonly #scopes: Scope[] = [];

  constructor(chunk: Chunk) {
    this.#block(chunk.body);
  }

  #declare({ name }: Identifier, init?: Expression): Variable {
    if (name === '_ENV') this.hasEnvironment = true;
    const variable: Variable = { assignments: 0, ...(init === undefined ? {} : { init }) };
    this.#scopes.at(-1)?.set(name, variable);
    return variable;
  }

  #localOf({ name }: Identifier): Variable | undefined {
    return this.#scopes.findLast((scope) => scope.has(name))?.get(name);
  }

  #block(body: readonly Statement[], before?: () => void, after?: () => void): void {
    this.#scopes.push(new Map());
    before?.();
    for (const statement of body) this.#visitStatement(statement);
    after?.();
    this.#scopes.pop();
  }

  #functionBody(parameters: readonly Expression[], body: readonly Statement[], isMethod: boolean): void {
    this.#block(body, () => {
      if (isMethod) this.#declare({ type: 'Identifier', name: 'self' });
      for (const parameter of parameters) if (parameter.type === 'Identifier') this.#declare(parameter);
    });
  }

  #assign(target: Name, init: Expression | undefined): Variable | undefined {
    this.#visit(target, 'written');
    const global = this.#globalOf(target);
    const local = target.type === 'Identifier' ? this.#localOf(target) : undefined;
    const variable = local ?? (global === undefined ? undefined : (this.globals.get(global) ?? { assignments: 0 }));
    if (variable === undefined) return undefined;
    variable.assignments++;
    if (local === undefined && global !== undefined) {
      this.globals.set(global, variable);
      if (init !== undefined) variable.init = init;
    }
    return variable;
  }

  // `x`, `_G.x` or `_G["x"]`.
  #globalOf(target: Name): string | undefined {
    if (target.type === 'Identifier') return this.#localOf(target) === undefined ? target.name : undefined;
    if (target.base.type !== 'Identifier' || target.base.name !== '_G' || this.#localOf(target.base) !== undefined) return undefined;
    if (target.type === 'MemberExpression') return target.identifier.name;
    return target.index.type === 'StringLiteral' ? target.index.value : undefined;
  }

  #visitStatement(statement: Statement): void {
    switch (statement.type) {
      case 'LocalStatement': {
        const { variables, init } = statement;
        // The initial values do not see the declared variables.
        const scope: Scope = new Map();
        this.#scopes.push(scope);
        const declared = variables.map((variable, index) => this.#declare(variable, init[index]));
        this.#scopes.pop();
        for (const [index, expression] of init.entries()) this.#visit(expression, 'alias', declared[index]);
        for (const [name, variable] of scope) this.#scopes.at(-1)?.set(name, variable);
        break;
      }
      case 'AssignmentStatement': {
        const assigned = statement.variables.map((target, index) => this.#assign(target, statement.init[index]));
        for (const [index, expression] of statement.init.entries()) this.#visit(expression, 'alias', assigned[index]);
        break;
      }
      case 'FunctionDeclaration':
        this.#visitFunction(statement);
        break;
      case 'CallStatement':
        this.#visit(statement.expression, 'read');
        break;
      case 'ReturnStatement':
        this.#visitAll(statement.arguments);
        break;
      case 'IfStatement':
        for (const clause of statement.clauses) {
          if (clause.type !== 'ElseClause') this.#visit(clause.condition, 'tested');
          this.#block(clause.body);
        }
        break;
      case 'WhileStatement':
        this.#visit(statement.condition, 'tested');
        this.#block(statement.body);
        break;
      case 'RepeatStatement':
        this.#block(statement.body, undefined, () => this.#visit(statement.condition, 'tested'));
        break;
      case 'DoStatement':
        this.#block(statement.body);
        break;
      case 'ForNumericStatement':
        this.#visitAll([statement.start, statement.end, ...(statement.step === null ? [] : [statement.step])]);
        this.#block(statement.body, () => this.#declare(statement.variable));
        break;
      case 'ForGenericStatement':
        this.#visitAll(statement.iterators);
        this.#block(statement.body, () => {
          for (const variable of statement.variables) this.#declare(variable);
        });
        break;
    }
  }

  #visitFunction(declaration: Extract<Expression, { type: 'FunctionDeclaration' }>): void {
    const { identifier, isLocal, parameters, body } = declaration;
    if (isLocal && identifier?.type === 'Identifier') this.#declare(identifier);
    else if (identifier !== null) this.#assign(identifier, undefined);
    this.#functionBody(parameters, body, identifier?.type === 'MemberExpression' && identifier.indexer === ':');
  }

  #visitAll(expressions: readonly Expression[]): void {
    for (const expression of expressions) this.#visit(expression, 'read');
  }

  #visit(expression: Expression, role: Role, alias?: Variable): void {
    switch (expression.type) {
      case 'Identifier': {
        if (expression.name === '_ENV') this.hasEnvironment = true;
        const local = this.#localOf(expression);
        if (local !== undefined) this.locals.set(expression, local);
        this.uses.push({ name: expression, role, ...(alias === undefined ? {} : { alias }) });
        break;
      }
      case 'MemberExpression':
        this.uses.push({ name: expression, role, ...(alias === undefined ? {} : { alias }) });
        this.#visit(expression.base, 'base');
        break;
      case 'IndexExpression':
        this.uses.push({ name: expression, role, ...(alias === undefined ? {} : { alias }) });
        this.#visit(expression.base, 'base');
        this.#visit(expression.index, 'read');
        break;
      case 'CallExpression':
        this.#visitCall(expression.base, expression.arguments);
        break;
      case 'TableCallExpression':
        this.#visitCall(expression.base, [expression.arguments].flat());
        break;
      case 'StringCallExpression':
        this.#visitCall(expression.base, [expression.argument]);
        break;
      case 'FunctionDeclaration':
        this.#visitFunction(expression);
        break;
      case 'TableConstructorExpression':
        for (const field of expression.fields) {
          if (field.type === 'TableKey') this.#visit(field.key, 'read');
          this.#visit(field.value, 'read');
        }
        break;
      case 'LogicalExpression':
        this.#visit(expression.left, 'tested');
        this.#visit(expression.right, role === 'tested' ? 'tested' : 'read');
        break;
      case 'BinaryExpression': {
        const operands = expression.operator === '==' || expression.operator === '~=' ? 'tested' : 'read';
        this.#visit(expression.left, operands);
        this.#visit(expression.right, operands);
        break;
      }
      case 'UnaryExpression':
        this.#visit(expression.argument, expression.operator === 'not' ? 'tested' : 'read');
        break;
    }
  }

  #visitCall(callee: CallExpression['base'], args: readonly Expression[]): void {
    this.#visit(callee, 'called');
    this.calls.push({ callee, args });
    const name = callee.type === 'Identifier' && this.#localOf(callee) === undefined ? callee.name : '';
    const skipped = Object.hasOwn(PROTECTED, name) ? PROTECTED[name] : undefined;
    const [first, ...rest] = args;
    if (skipped !== undefined && first !== undefined) {
      this.calls.push({ callee: first, args: args.slice(skipped), through: name });
      this.#visit(first, 'called');
      this.#visitAll(rest);
    } else if (name === 'type' && first !== undefined) {
      this.#visit(first, 'tested');
      this.#visitAll(rest);
    } else this.#visitAll(args);
  }
}

import { type Branch, type EffectiveSchema, type JsonSchema, readSchema, summarizeSchema } from '../schema/index.ts';

/** An MCP server as an editor shall know it. */
export interface TypedServer {
  /** As scripts write it. */
  readonly name: string;
  /** Undefined: its tools are not known on this machine yet. */
  readonly tools: readonly TypedServerTool[] | undefined;
}

interface TypedServerTool {
  /** As scripts write it. */
  readonly name: string;
  readonly description: string;
  readonly schema: JsonSchema;
  readonly outputSchema: JsonSchema | undefined;
}

const ANY_TOOLS = 'table<string, fun(args?: any, options?: kosmo.CallOptions): any>';

/** Levels of objects inside objects that get classes. */
const MAX_DEPTH = 8;

/** The classes of MCP servers and of what their tools take and return; without servers one loose type. */
export function renderMcpTypes(servers: readonly TypedServer[]): { readonly classes: readonly string[]; readonly type: string } {
  if (servers.length === 0) return { classes: [], type: `table<string, ${ANY_TOOLS}>` };
  const classes = new Classes();
  const fields = servers.flatMap(({ name, tools }) => {
    if (tools !== undefined) return [field(name, true, renderServerClass(name, tools, classes))];
    return [`---The tools of this server are not listed yet: kosmo mcp:tools ${oneLine(name)}`, field(name, true, ANY_TOOLS)];
  });
  return { classes: [...classes.lines, '---@class kosmo.mcp', ...fields, `---@field [string] ${ANY_TOOLS}`, ''], type: 'kosmo.mcp' };
}

function renderServerClass(server: string, tools: readonly TypedServerTool[], classes: Classes): string {
  const own = classes.reserve(`kosmo.mcp.${server}`);
  const fields = tools.flatMap(({ name, description, schema, outputSchema }) => {
    const args = readSchema(schema);
    const isOptional = args.branches.every((branch) => branch.propertyNames().every((parameter) => !branch.requires(parameter)));
    const type = classes.typeOf(args, `${own}.${name}`, 0, true);
    const result = outputSchema === undefined ? 'any' : classes.typeOf(readSchema(outputSchema), `${own}.${name}.result`, 0);
    return [
      ...comment(description),
      field(name, true, `fun(args${isOptional ? '?' : ''}: ${type}, options?: kosmo.CallOptions): ${result}`),
    ];
  });
  classes.lines.push(`---@class ${own}`, ...fields, '');
  return own;
}

class Classes {
  readonly lines: string[] = [];
  readonly #names = new Set<string>(['kosmo.mcp']);
  readonly #ofBranch = new Map<Branch, string>();

  /** Returns a name of a class that no other has. */
  reserve(name: string): string {
    const plain = name.replaceAll(/[^\w.]/g, '_');
    let free = plain;
    for (let count = 2; this.#names.has(free); count++) free = `${plain}_${count}`;
    this.#names.add(free);
    return free;
  }

  /** The type of a schema. A number for an argument that is text becomes its digits. */
  typeOf(schema: EffectiveSchema, name: string, depth: number, isArgument = false): string {
    const branches = schema.branches.filter(({ type }) => type !== 'null');
    if (branches.length === 0) return schema.branches.length === 0 ? 'any' : 'nil';
    const types = new Set(branches.flatMap((branch) => this.#alternatives(branch, name, depth, isArgument)));
    return types.has('any') ? 'any' : [...types].join('|');
  }

  #alternatives(branch: Branch, name: string, depth: number, isArgument: boolean): readonly string[] {
    const values = branch.values();
    if (values?.every((value) => typeof value !== 'object')) return values.map((value) => JSON.stringify(value));
    if (branch.type === 'object') return [this.#objectType(branch, name, depth, isArgument)];
    if (branch.type !== 'array') return [branch.type ?? 'any'];
    const items = branch.item(0);
    const type =
      items === undefined || branch.facets.some(({ prefixItems }) => prefixItems !== undefined)
        ? 'any'
        : this.typeOf(items, name, depth + 1);
    return [`${/[|]/.test(type) ? `(${type})` : type}[]`];
  }

  #objectType(branch: Branch, name: string, depth: number, isArgument: boolean): string {
    const known = this.#ofBranch.get(branch);
    if (known !== undefined) return known;
    const names = branch.propertyNames();
    if (names.length === 0) {
      const others = branch.property('');
      return `table<string, ${others === undefined ? 'any' : this.typeOf(others, name, depth + 1)}>`;
    }
    if (depth > MAX_DEPTH) return 'table<string, any>';
    const own = this.reserve(name);
    this.#ofBranch.set(branch, own);
    const fields = names.flatMap((property) => {
      const schema = branch.property(property);
      if (schema === undefined) return [field(property, branch.requires(property), 'any')];
      const type = this.typeOf(schema, `${own}.${property}`, depth + 1);
      const isText = isArgument && type === 'string';
      return [
        ...comment(summarizeSchema(schema).description),
        field(property, branch.requires(property), isText ? 'string|integer' : type),
      ];
    });
    this.lines.push(`---@class ${own}`, ...fields, '');
    return own;
  }
}

function field(name: string, isRequired: boolean, type: string): string {
  const key = /^[A-Za-z_]\w*$/.test(name) ? name : `[${JSON.stringify(name)}]`;
  return `---@field ${key}${isRequired ? '' : '?'} ${type}`;
}

// Text of a server: no line of it may leave the comment, or begin an annotation.
function comment(text: string): readonly string[] {
  if (text.trim() === '') return [];
  return text
    .trim()
    .split(/\r\n|[\n\r\u2028\u2029]/)
    .map((line) => `---${line.replace(/^\s*@/, ' @').replace(/^\s*-@/, '- @')}`);
}

function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ');
}

/** The parts of `lua/lib/signatures.ts` that annotations need. This room is handed the table: it may not import `lua`. */
export interface ScriptApi {
  readonly globals: readonly GlobalSignature[];
  readonly functions: readonly FunctionSignature[];
}

interface GlobalSignature {
  readonly name: string;
  readonly type?: string;
  readonly description: string;
  readonly fields?: readonly { readonly name: string; readonly type: string; readonly description: string }[];
}

interface FunctionSignature {
  readonly path: string;
  readonly parameters: readonly ParameterSignature[];
  readonly returns: readonly string[];
  readonly generic?: string;
  readonly description: string;
}

interface ParameterSignature {
  readonly name: string;
  readonly type: string;
  readonly optional?: true;
  readonly options?: OptionsSignature;
}

interface OptionsSignature {
  readonly className: string;
  readonly fields: Readonly<Record<string, { readonly type: string; readonly description: string }>>;
}

/** Classes that more than one function uses. */
const CLASSES = `---Options of a call.
---@class kosmo.CallOptions
---Seconds for the whole call.
---@field timeout? number
---Whether a failed request is sent again where that is safe.
---@field retry? boolean

---The error that a failed call raises. It prints as its message, and string methods work on it.
---@class kosmo.Error
---@field code string
---@field message string
---@field outcome "none"|"unknown"|"done"
---@field retryable boolean
---@field function_name? string
---@field status? integer
---@field hint? string
---The item of \`parallel.map\` or \`parallel.all\` that failed.
---@field index? integer
---@field [string] any

---A tool of an MCP server.
---@class kosmo.McpTool
---@field server string
---@field name string
---@field function string
---@field lua_path string
---@field description string
---@field operation "read"|"write"
---@field parameters table<string, any>[]
---@field schema table<string, any>

---@class kosmo.Outcome
---@field ok boolean
---@field value? any
---@field error? any`;

/** The globals of every script besides `app` and Lua's own, as annotations. */
export function renderScriptApi({ globals, functions }: ScriptApi): string {
  const options = new Map(
    functions.flatMap(({ parameters }) =>
      parameters.flatMap((parameter) =>
        parameter.options === undefined ? [] : [[parameter.options.className, parameter.options] as const],
      ),
    ),
  );
  const isOf = (name: string, { path }: FunctionSignature): boolean => path.startsWith(`${name}.`);
  return [
    CLASSES,
    ...[...options.values()].map(renderOptions),
    ...globals.flatMap((global) => [renderGlobal(global), ...functions.filter((fn) => isOf(global.name, fn)).map(renderFunction)]),
    ...functions.filter((fn) => !globals.some(({ name }) => isOf(name, fn))).map(renderFunction),
  ]
    .join('\n\n')
    .concat('\n');
}

function renderOptions({ className, fields }: OptionsSignature): string {
  return [
    `---@class ${className}`,
    ...Object.entries(fields).flatMap(([name, { type, description }]) => [`---${description}`, `---@field ${name}? ${type}`]),
  ].join('\n');
}

function renderGlobal({ name, type, description, fields = [] }: GlobalSignature): string {
  return [
    `---${description}`,
    type === undefined ? `---@class kosmo.${name}` : `---@type ${type}`,
    ...fields.flatMap((field) => [`---${field.description}`, `---@field ${field.name} ${field.type}`]),
    `${name} = {}`,
  ].join('\n');
}

function renderFunction({ path, parameters, returns, generic, description }: FunctionSignature): string {
  return [
    `---${description}`,
    ...(generic === undefined ? [] : [`---@generic ${generic}`]),
    ...parameters.map(({ name, type, optional }) => `---@param ${name}${optional === true ? '?' : ''} ${type}`),
    ...returns.map((type) => `---@return ${type}`),
    `function ${path}(${parameters.map(({ name }) => name).join(', ')}) end`,
  ].join('\n');
}

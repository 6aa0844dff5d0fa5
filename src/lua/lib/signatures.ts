/** What a parameter takes, as far as the text of a call shows it. */
export type ValueKind = 'string' | 'number' | 'table' | 'function' | 'boolean' | 'value';

export interface OptionSignature {
  readonly kind: ValueKind;
  /** The type as the Lua Language Server writes it. */
  readonly type: string;
  readonly description: string;
}

/** The fields of a table of options. */
export interface OptionsSignature {
  /** The class that annotations give it. */
  readonly className: string;
  readonly fields: Readonly<Record<string, OptionSignature>>;
  /** Whether the function refuses other fields. @default false */
  readonly isClosed?: true;
}

export interface ParameterSignature {
  readonly name: string;
  readonly kind: ValueKind;
  readonly type: string;
  /** May be absent or nil. @default false */
  readonly optional?: true;
  readonly minimum?: number;
  readonly options?: OptionsSignature;
  /** `pattern`: a regular expression; `page`: a page of the documentation. @default undefined (any text) */
  readonly content?: 'pattern' | 'page';
}

export interface FunctionSignature {
  /** `json.decode`, `sleep`. */
  readonly path: string;
  readonly parameters: readonly ParameterSignature[];
  /** Types of the results. */
  readonly returns: readonly string[];
  /** The type parameter of a generic function: `T` or `T: table`. @default undefined (not generic) */
  readonly generic?: string;
  /** One sentence. */
  readonly description: string;
}

/** A global: a value or a table of functions. */
export interface GlobalSignature {
  readonly name: string;
  /** @default undefined (a table) */
  readonly type?: string;
  readonly description: string;
  /** Fields that are not functions. */
  readonly fields?: readonly { readonly name: string; readonly type: string; readonly description: string }[];
}

export interface ScriptApi {
  readonly globals: readonly GlobalSignature[];
  readonly functions: readonly FunctionSignature[];
}

/** Seconds that `sleep` takes: at most 24 days, the longest timer of 32-bit milliseconds. */
export const SLEEP_SECONDS = { minimum: 0, maximum: 2_147_483 } as const;

/**
 * Functions of `parallel` that run at a time: each holds a coroutine and perhaps a connection. `default` is for `parallel.map`;
 * `parallel.all` runs `maximum`. The rate of calls belongs to the rate limiter of an integration.
 */
export const PARALLEL_LIMIT = { minimum: 1, maximum: 1000, default: 10 } as const;

/** The names of the options, in the order in which messages name them. */
export const PARALLEL_OPTIONS: readonly string[] = ['limit', 'settle'];

/** Every global of scripts besides `app` and Lua's own. Made when asked for: a run of a script needs none of it. */
export function scriptApi(): ScriptApi {
  return { globals: globals(), functions: [...docs(), ...mcp(), ...json(), ...regex(), ...parallel(), ...others()] };
}

function globals(): readonly GlobalSignature[] {
  return [
    { name: 'input', type: 'any', description: 'What --input and --arg gave.' },
    { name: 'docs', description: 'The pages of the documentation, as text.' },
    { name: 'mcp', description: 'MCP servers, by names that a script computes.' },
    {
      name: 'json',
      description: 'JSON, and marks for values that a Lua table alone cannot express.',
      fields: [{ name: 'null', type: 'userdata', description: 'Stands for null, in what is encoded or sent.' }],
    },
    { name: 'regex', description: 'Regular expressions of JavaScript. A group that took no part is false.' },
    { name: 'parallel', description: 'Runs functions at the same time.' },
  ];
}

const text = (name: string): ParameterSignature => ({ name, kind: 'string', type: 'string' });

function docs(): readonly FunctionSignature[] {
  const page: ParameterSignature = { ...text('page'), content: 'page' };
  return [
    { path: 'docs.list', parameters: [], returns: ['string'], description: 'Returns the list of pages.' },
    { path: 'docs.read', parameters: [page], returns: ['string'], description: 'Returns a page.' },
    { path: 'docs.search', parameters: [text('words')], returns: ['string'], description: 'Returns the pages that hold the words.' },
    { path: 'lua_read_doc', parameters: [page], returns: ['string'], description: 'The older name of `docs.read`.' },
  ];
}

function mcp(): readonly FunctionSignature[] {
  const [server, name] = [text('server'), text('name')];
  const args: ParameterSignature = { name: 'args', kind: 'table', type: 'table<string, any>', optional: true };
  const options: ParameterSignature = { name: 'options', kind: 'table', type: 'kosmo.CallOptions', optional: true };
  const [table, tables] = ['table<string, any>', 'table<string, any>[]'];
  return [
    { path: 'mcp.servers', parameters: [], returns: ['table<string, table<string, any>>'], description: 'Describes each server, by name.' },
    {
      path: 'mcp.tools',
      parameters: [{ ...server, optional: true }],
      returns: ['kosmo.McpTool[]'],
      description: 'Describes the tools of one server, or of every trusted one.',
    },
    { path: 'mcp.schema', parameters: [name], returns: ['kosmo.McpTool'], description: 'Describes one tool.' },
    { path: 'mcp.call', parameters: [name, args, options], returns: ['any'], description: 'Calls `server.tool`.' },
    { path: 'mcp.resources', parameters: [server], returns: [tables], description: 'Lists the resources of a server.' },
    { path: 'mcp.read_resource', parameters: [server, text('uri')], returns: [table], description: 'Reads a resource.' },
    { path: 'mcp.prompts', parameters: [server], returns: [tables], description: 'Lists the prompts of a server.' },
    { path: 'mcp.get_prompt', parameters: [server, name, args], returns: [table], description: 'Fills in a prompt.' },
  ];
}

function json(): readonly FunctionSignature[] {
  const decodeOptions: OptionsSignature = {
    className: 'kosmo.JsonDecodeOptions',
    fields: { null: { kind: 'boolean', type: 'boolean', description: 'Whether nulls are kept as json.null; else they are absent.' } },
  };
  const encodeOptions: OptionsSignature = {
    className: 'kosmo.JsonEncodeOptions',
    fields: { pretty: { kind: 'boolean', type: 'boolean', description: 'Whether to indent.' } },
  };
  const marked: ParameterSignature = { name: 'value', kind: 'table', type: 'T', optional: true };
  return [
    {
      path: 'json.decode',
      parameters: [text('text'), optionsOf(decodeOptions)],
      returns: ['any'],
      description: 'Returns the value of a JSON text.',
    },
    {
      path: 'json.encode',
      parameters: [{ name: 'value', kind: 'value', type: 'any' }, optionsOf(encodeOptions)],
      returns: ['string'],
      description: 'Returns the JSON text of a value.',
    },
    {
      path: 'json.array',
      parameters: [marked],
      returns: ['T'],
      generic: 'T: table',
      description: 'Marks a table as an array, also when it is empty.',
    },
    {
      path: 'json.object',
      parameters: [marked],
      returns: ['T'],
      generic: 'T: table',
      description: 'Marks a table as an object, also when it is empty.',
    },
  ];
}

function regex(): readonly FunctionSignature[] {
  const subject = [text('text'), { ...text('pattern'), content: 'pattern' as const }];
  return [
    {
      path: 'regex.match',
      parameters: subject,
      returns: ['table<integer|string, string|false>?'],
      description: 'The whole match, then each group; named groups by name as well.',
    },
    {
      path: 'regex.match_all',
      parameters: subject,
      returns: ['table<integer|string, (string|false)[]>'],
      description: 'The whole matches, then each group.',
    },
    {
      path: 'regex.gsub',
      parameters: [...subject, text('replacement'), { name: 'limit', kind: 'number', type: 'integer', optional: true }],
      returns: ['string'],
      description: 'Returns the text with each match replaced, or the first `limit` matches.',
    },
  ];
}

function parallel(): readonly FunctionSignature[] {
  const { minimum, maximum } = PARALLEL_LIMIT;
  const options = optionsOf({
    className: 'kosmo.ParallelOptions',
    fields: {
      limit: { kind: 'number', type: 'integer', description: `How many run at a time, ${minimum} to ${maximum}.` },
      settle: {
        kind: 'boolean',
        type: 'boolean',
        description: 'Whether to go on after an error: then each result is a kosmo.Outcome.',
      },
    },
    isClosed: true,
  });
  return [
    {
      path: 'parallel.map',
      parameters: [
        { name: 'list', kind: 'table', type: 'T[]' },
        { name: 'fn', kind: 'function', type: 'fun(item: T, index: integer): any' },
        options,
      ],
      returns: ['any[]'],
      generic: 'T',
      description: 'Calls fn for the items of a list and returns the results in their order.',
    },
    {
      path: 'parallel.all',
      parameters: [{ name: 'functions', kind: 'table', type: '(fun(): any)[]' }, options],
      returns: ['any[]'],
      description: 'Calls the functions of a list and returns the results in their order.',
    },
  ];
}

function others(): readonly FunctionSignature[] {
  return [
    {
      path: 'sleep',
      parameters: [{ name: 'seconds', kind: 'number', type: 'number', minimum: SLEEP_SECONDS.minimum }],
      returns: [],
      description: 'Waits; fractions of a second are allowed.',
    },
    {
      path: 'defer',
      parameters: [{ name: 'fn', kind: 'function', type: 'fun()' }],
      returns: [],
      description: 'Runs fn when the script ends, whatever ends it; the last one given runs first.',
    },
    {
      path: 'dump',
      parameters: [{ name: 'value', kind: 'value', type: 'T' }],
      returns: ['T'],
      generic: 'T',
      description: 'Prints a value, tables written out, and returns it.',
    },
    {
      path: 'workflow',
      parameters: [{ name: 'declaration', kind: 'table', type: 'table<string, any>' }],
      returns: ['table<string, any>'],
      description: 'Declares description, input and calls of the script, at its top; returns the finished input.',
    },
    {
      path: 'log',
      parameters: [{ name: '...', kind: 'value', type: 'any' }],
      returns: [],
      description: 'Writes a line to stderr at once, with the time since the start.',
    },
    {
      path: 'exit',
      parameters: [
        { name: 'code', kind: 'value', type: 'integer|boolean', optional: true },
        { name: 'result', kind: 'value', type: 'any', optional: true },
      ],
      returns: [],
      description: 'Ends the script with exit code 0, 1 or 10 to 99; deferred functions run.',
    },
    {
      path: 'coroutine.close',
      parameters: [{ name: 'co', kind: 'value', type: 'thread' }],
      returns: ['boolean', 'any'],
      description: 'Closes a suspended or dead coroutine.',
    },
  ];
}

const optionsOf = (options: OptionsSignature): ParameterSignature => ({
  name: 'options',
  kind: 'table',
  type: options.className,
  optional: true,
  options,
});

/** What to write here for names that other Lua has: on purpose missing, or of another version. Globals, and `library.name`. */
const NAMES: Readonly<Record<string, string>> = {
  module: 'put the functions into a table and return it',
  dofile: 'scripts read no files; pass text with --arg or --input, and compile it with load',
  loadfile: 'scripts read no files; pass text with --arg or --input, and compile it with load',
  io: 'write print(…) for output; text comes in by --arg, --input or stdin as the table input',
  unpack: 'write table.unpack',
  loadstring: 'write load',
  setfenv: 'write load(text, name, "t", environment)',
  getfenv: 'write _ENV',
  newproxy: 'write setmetatable({}, {…})',
  warn: 'write print(…)',
  bit32: 'write the operators & | ~ << >>',
  bit: 'write the operators & | ~ << >>',
  jit: 'scripts run in Lua 5.3, not in LuaJIT',
  ffi: 'scripts run in Lua 5.3, not in LuaJIT',
  null: 'write nil; for JSON write json.null',
  undefined: 'write nil; for JSON write json.null',
  console: 'write print(…)',
  JSON: 'write json.encode and json.decode',
  len: 'write #x',
  str: 'write tostring(x)',
  'os.getenv': 'pass it with --arg x="$X" and read input.x',
  'os.execute': 'scripts cannot start programs',
  'os.remove': 'scripts have no files',
  'os.rename': 'scripts have no files',
  'os.tmpname': 'scripts have no files',
  'os.setlocale': 'the locale is always C',
  'string.dump': 'compiled code cannot be written or read here; keep the text and use load',
  'string.gfind': 'write string.gmatch',
  'string.trim': 'write s:match("^%s*(.-)%s*$")',
  'string.split': 'write a loop over s:gmatch("[^,]+")',
  'table.getn': 'write #t',
  'table.setn': 'a list ends before its first nil; assign nil to its last items',
  'table.maxn': 'write #t',
  'table.foreach': 'write for key, value in pairs(t) do … end',
  'table.foreachi': 'write for index, value in ipairs(t) do … end',
  'table.push': 'write table.insert(t, value)',
  'table.length': 'write #t',
  'math.pow': 'write x ^ y',
  'math.mod': 'write x % y',
  'math.log10': 'write math.log(x, 10)',
  'math.cosh': 'write (math.exp(x) + math.exp(-x)) / 2',
  'math.sinh': 'write (math.exp(x) - math.exp(-x)) / 2',
  'math.tanh': 'write it with math.exp',
  'math.ldexp': 'write x * 2.0 ^ n',
  'math.frexp': 'write it with math.log(x, 2)',
  'math.round': 'write math.floor(x + 0.5)',
  'debug.sethook': 'scripts cannot change how they run; debug.traceback is available',
  'debug.setupvalue': 'scripts cannot change how they run; debug.traceback is available',
  'debug.setlocal': 'scripts cannot change how they run; debug.traceback is available',
  'debug.getregistry': 'scripts cannot change how they run; debug.traceback is available',
  'debug.setmetatable': 'write setmetatable, which takes tables',
  'debug.getmetatable': 'write getmetatable',
  'app.integrations': 'kosmo mcp:lua has only app.mcp; run the script with kosmo integrations:lua, which has both',
};

/** Habits of other languages, and what a line of them looks like. */
const HABITS: readonly { readonly near: RegExp; readonly line: RegExp; readonly hint: string }[] = [
  { near: /!/, line: /!=/, hint: 'write ~= for "not equal"' },
  { near: /!/, line: /!/, hint: 'write not x for !x' },
  { near: /[-+*/%.^&|<>=]/, line: /(?:\.\.|\/\/|<<|>>|[-+*/%^&|])=(?!=)/, hint: 'write x = x + 1: Lua has no += and the like' },
  { near: /./, line: /\w\s*\+\+|\+\+\s*\w/, hint: 'write x = x + 1: Lua has no ++' },
  { near: /&/, line: /&&/, hint: 'write and for &&' },
  { near: /\|/, line: /\|\|/, hint: 'write or for ||' },
  { near: /</, line: /<\s*const\s*>/, hint: 'attributes such as <const> are Lua 5.4; leave it out' },
  { near: /</, line: /<\s*close\s*>/, hint: 'attributes such as <close> are Lua 5.4; leave it out, and clean up with defer' },
  {
    near: /./,
    line: /\bcontinue\s*;?\s*(?:end\b.*|)$/,
    hint: 'write goto continue, with the label ::continue:: before the end of the loop',
  },
  { near: /\?/, line: /\?.*:|\?\?|\?\./, hint: 'write a and b or c: Lua has no ?' },
  { near: /[>=]/, line: /=>/, hint: 'write function(x) … end: Lua has no =>' },
  { near: /\//, line: /^\s*\/[/*]/, hint: 'a comment begins with --' },
];

const QUOTED = /"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|--(?!\[\[).*$/g;

/** What to write in place of a name that scripts do not have, such as `os.getenv`; undefined for one that is not known. */
export function hintForName(name: string): string | undefined {
  return Object.hasOwn(NAMES, name) ? NAMES[name] : undefined;
}

/** The same for an error of the run, `attempt to call a nil value (field 'getenv')`, raised at `line` of the script. */
export function hintForError(message: string, code: string, line: number | undefined): string | undefined {
  const [, kind, name] = /attempt to (?:call|index) a nil value \((global|field) '(\w+)'\)/.exec(message) ?? [];
  if (kind === undefined || name === undefined) return undefined;
  if (kind === 'global') return hintForName(name);
  const text = line === undefined ? '' : (code.split('\n')[line - 1] ?? '');
  const library = new RegExp(`\\b(string|table|math|os|debug|app)\\s*\\.\\s*${name}\\b`).exec(text)?.[1];
  return library === undefined ? undefined : hintForName(`${library}.${name}`);
}

/** The same for an error of syntax at `line`, `'then' expected near '!'`. A loop may end some lines after its `continue`. */
export function hintForSyntax(message: string, code: string, line: number): string | undefined {
  const near = /near '?(.*?)'?$/s.exec(message)?.[1] ?? '';
  const lines = code.split('\n').slice(Math.max(0, line - 2), line);
  const [before = '', at = ''] = (lines.length === 1 ? ['', ...lines] : lines).map((text) => text.replaceAll(QUOTED, '""'));
  return HABITS.find((habit) => habit.near.test(near) && (habit.line.test(at) || (near === 'end' && habit.line.test(before))))?.hint;
}

/** The globals of every script besides `app` and Lua's own, as annotations. */
export const GLOBAL_TYPES = `---What a call may be told besides its arguments.
---@class kosmo.CallOptions
---Seconds for the whole call.
---@field timeout? number
---Whether a failed request is sent again where that is safe.
---@field retry? boolean

---What a failed call raises. It prints as its message, and string methods work on it.
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

---What --input and --arg gave.
---@type any
input = {}

---The pages of the documentation, as text.
---@class kosmo.docs
docs = {}

---@return string
function docs.list() end

---@param page string
---@return string
function docs.read(page) end

---@param words string
---@return string
function docs.search(words) end

---The older name of \`docs.read\`.
---@param page string
---@return string
function lua_read_doc(page) end

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

---MCP servers, by names that a script computes.
---@class kosmo.mcp
mcp = {}

---What there is to say of each server, by name.
---@return table<string, table<string, any>>
function mcp.servers() end

---The tools of one server, or of every trusted one.
---@param server? string
---@return kosmo.McpTool[]
function mcp.tools(server) end

---@param name string
---@return kosmo.McpTool
function mcp.schema(name) end

---Calls \`server.tool\`.
---@param name string
---@param args? table<string, any>
---@param options? kosmo.CallOptions
---@return any
function mcp.call(name, args, options) end

---@param server string
---@return table<string, any>[]
function mcp.resources(server) end

---@param server string
---@param uri string
---@return table<string, any>
function mcp.read_resource(server, uri) end

---@param server string
---@return table<string, any>[]
function mcp.prompts(server) end

---@param server string
---@param name string
---@param args? table<string, any>
---@return table<string, any>
function mcp.get_prompt(server, name, args) end

---@class kosmo.JsonDecodeOptions
---Whether nulls are kept as json.null; else they are absent.
---@field null? boolean

---@class kosmo.JsonEncodeOptions
---Whether to indent.
---@field pretty? boolean

---@class kosmo.json
---Stands for null, in what is encoded or sent.
---@field null userdata
json = {}

---@param text string
---@param options? kosmo.JsonDecodeOptions
---@return any
function json.decode(text, options) end

---@param value any
---@param options? kosmo.JsonEncodeOptions
---@return string
function json.encode(value, options) end

---Marks a table as an array, also when it is empty.
---@generic T: table
---@param value? T
---@return T
function json.array(value) end

---Marks a table as an object, also when it is empty.
---@generic T: table
---@param value? T
---@return T
function json.object(value) end

---Regular expressions of JavaScript. A group that took no part is false.
---@class kosmo.regex
regex = {}

---The whole match, then each group; named groups by name as well.
---@param text string
---@param pattern string
---@return table<integer|string, string|false>?
function regex.match(text, pattern) end

---The whole matches, then each group.
---@param text string
---@param pattern string
---@return table<integer|string, (string|false)[]>
function regex.match_all(text, pattern) end

---@param text string
---@param pattern string
---@param replacement string
---@param limit? integer
---@return string
function regex.gsub(text, pattern, replacement, limit) end

---@class kosmo.ParallelOptions
---How many run at a time, 1 to 1000.
---@field limit? integer
---Whether to go on after an error: then each result is a kosmo.Outcome.
---@field settle? boolean

---@class kosmo.Outcome
---@field ok boolean
---@field value? any
---@field error? any

---Functions that run beside each other.
---@class kosmo.parallel
parallel = {}

---Calls fn for the items of a list and returns the results in their order.
---@generic T
---@param list T[]
---@param fn fun(item: T, index: integer): any
---@param options? kosmo.ParallelOptions
---@return any[]
function parallel.map(list, fn, options) end

---@param functions (fun(): any)[]
---@param options? kosmo.ParallelOptions
---@return any[]
function parallel.all(functions, options) end

---Waits.
---@param seconds number
function sleep(seconds) end

---Runs fn when the script ends, whatever ends it; the last one given runs first.
---@param fn fun()
function defer(fn) end

---Prints a value, tables written out, and returns it.
---@generic T
---@param value T
---@return T
function dump(value) end

---@param co thread
---@return boolean
---@return any
function coroutine.close(co) end
`;

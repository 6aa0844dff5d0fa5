import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { lua } from '../helpers/cli.ts';
import { type RecordingServer, startRecordingServer } from '../helpers/recording-server.ts';

/** Walks through everything that can be seen from a value: fields, metatables, and what functions give back when they are abused. */
const WALK = `
local seen, found = {}, {}
local names = { "constructor", "prototype", "__proto__", "toString", "valueOf", "hasOwnProperty", "stack", "call", "apply", "bind", "length", "message", "cause", "then" }
local function walk(value, path, depth)
  if depth > 6 or value == nil or seen[value] then return end
  seen[value] = true
  local kind = type(value)
  if kind ~= "table" and kind ~= "userdata" and kind ~= "function" and kind ~= "thread" then return end
  if kind == "userdata" and value ~= json.null then found[#found + 1] = path .. " is userdata" end
  if kind == "table" and not path:find("^app") and not path:find("^_G") then
    for _, name in ipairs(names) do
      local ok, member = pcall(rawget, value, name)
      if ok and member ~= nil then found[#found + 1] = path .. "." .. name end
    end
  end
  if kind ~= "table" then
    for _, name in ipairs(names) do
      if pcall(function() return value[name] end) then found[#found + 1] = path .. " can be indexed" end
    end
  end
  local meta = getmetatable(value)
  if type(meta) == "table" then found[#found + 1] = path .. " shows its metatable" end
  if kind == "table" then
    for k, v in next, value do walk(k, path .. ".key", depth + 1) walk(v, path .. "." .. tostring(k), depth + 1) end
    pcall(function() for k, v in pairs(value) do walk(v, path .. "." .. tostring(k), depth + 1) end end)
  end
end
walk(_G, "_G", 0)
print(#found, table.concat(found, "; "))
return #found == 0`;

/** Calls every visible function of Lua's own libraries with arguments that they do not expect, and prints what is raised. */
const ABUSE = (wrap: string): string => `
local odd = { nil, true, -1, 0 / 0, 2^53, -2^31, 1 / 0, "x", "\\0", ("%"):rep(9), {}, print, coroutine.create(print), json.null, setmetatable({}, { __index = error }) }
local skip = { print = true, dump = true, error = true, sleep = true, defer = true }
for _, library in ipairs { _G, string, table, math, utf8, os, coroutine, debug, json, regex, parallel } do
  for name, fn in pairs(library) do
    if type(fn) == "function" and not skip[name] then
      for i = 1, 15 do for j = 1, 15 do
        local result = table.pack(${wrap}(fn, odd[i], odd[j], odd[(i + j) % 15 + 1]))
        if result[1] == false then print(name, tostring(result[2])) end
      end end
    end
  end
end
return true`;

/** What each attempt must print or return, where that is more than "nothing happened". */
const attempts: readonly (readonly [what: string, code: string, result?: readonly unknown[]])[] = [
  ['walking through everything that is visible', WALK, [true]],
  ['odd arguments for every function, under pcall', ABUSE('pcall')],
  ['odd arguments for every function, in coroutines', ABUSE('(function(f, ...) return coroutine.resume(coroutine.create(f), ...) end)')],
  [
    'constructor of the visible values',
    'for _, v in ipairs { app, docs, json, regex, parallel, input, string, "" } do print(pcall(function() return v.constructor.constructor("return process")() end)) end',
  ],
  [
    '__proto__ of the visible values',
    'for _, v in ipairs { app, docs, json, input, {}, "" } do print(pcall(function() v.__proto__.polluted = 1 end)) end return ({}).polluted == nil',
    [true],
  ],
  [
    '__proto__ as a name of a host function',
    'print(pcall(function() return app.integrations.agora.__proto__() end)) print(pcall(function() return app.integrations.agora.constructor{} end)) print(pcall(function() return app.integrations.toString() end))',
  ],
  [
    '__proto__ as an argument',
    'print(pcall(app.integrations.agora.query_recording, { __proto__ = { resource_id = "R" }, constructor = 1, toString = 2 }))',
  ],
  [
    '__proto__ through JSON',
    'local t = json.decode(\'{"__proto__": {"polluted": true}, "constructor": {"prototype": {"polluted": true}}}\') print(json.encode(t)) return ({}).polluted == nil, t.polluted == nil',
    [true, true],
  ],
  [
    'options with inherited names',
    'print(pcall(json.encode, 1, { constructor = 1, __proto__ = { pretty = true } })) print(pcall(parallel.all, {}, { constructor = 1 })) print(pcall(parallel.all, {}, { toString = 1 }))',
  ],
  [
    'named groups with names of Object',
    'print(regex.match("x", "(?<constructor>x)"), regex.gsub("x", "(?<a>x)", "${constructor}${__proto__}${toString}${hasOwnProperty}"))',
  ],
  [
    'documentation pages named as members of Object',
    'print(pcall(docs.read, "constructor")) print(pcall(docs.read, "__proto__")) print(pcall(docs.read, "../../package.json")) print(pcall(docs.search, "__proto__"))',
  ],
  ['a RangeError of JavaScript', 'print(pcall(string.rep, "x", 2^31 - 1, "y"))'],
  [
    'stack overflow of JavaScript',
    'local function f() return f() + 1 end print(pcall(f)) local t = setmetatable({}, {}) getmetatable(t).__index = function(_, k) return t[k] end print(pcall(function() return t.x end))',
  ],
  [
    'stack overflow inside library functions',
    'local function f() return (("x"):gsub("x", f)) end print(pcall(f)) local function g() table.sort({ 1, 2 }, g) end print(pcall(g))',
  ],
  [
    'stack overflow inside tostring',
    'local mt = {} mt.__tostring = function(t) return tostring(setmetatable({}, mt)) end print(pcall(tostring, setmetatable({}, mt)))',
  ],
  [
    'an invalid regular expression',
    'for _, p in ipairs { "(", "(?<a", "[", "\\\\", "(?<a>x)(?<a>y)", "\\\\p{Nonsense}", "x{2,1}" } do print(pcall(regex.match, "x", p)) end',
  ],
  [
    'odd dates',
    'print(pcall(os.date, "%c", 1e300)) print(pcall(os.date, "*t", -1e17)) print(pcall(os.time, { year = 1e9, month = 1e9, day = 1e9 }))',
  ],
  [
    'invalid UTF-8 everywhere',
    'print(pcall(json.encode, "\\xff")) print(pcall(json.decode, "\\xff")) print(pcall(regex.match, "\\xff", ".")) print(pcall(docs.search, "\\xff")) print(pcall(load, "\\xff")) print(load("x = \\xff")) print(pcall(error, "\\xff")) print(pcall(os.date, "\\xff"))',
  ],
  [
    'format with odd values',
    'for _, f in ipairs { "%s", "%q", "%d", "%c", "%a", "%p", "%i", "%x" } do print(pcall(string.format, f, print)) print(pcall(string.format, f, json.null)) print(pcall(string.format, f, {})) end',
  ],
  [
    'metatables of the visible values',
    'local seen = {} for _, v in ipairs { app, app.integrations, app.integrations.agora, docs, json, regex, parallel, "", select(2, pcall(app.integrations.agora.query_recording)) } do seen[#seen + 1] = tostring(getmetatable(v)) end return table.concat(seen, " ")',
    ['false false false false false false false false false'],
  ],
  [
    'setmetatable of protected values',
    'for _, v in ipairs { app, docs, json, select(2, pcall(app.integrations.agora.query_recording)) } do print(pcall(setmetatable, v, { __index = error })) end print(pcall(setmetatable, "", {}))',
  ],
  [
    'the debug library',
    'local names = {} for k in pairs(debug) do names[#names + 1] = k end print(pcall(debug.traceback, coroutine.create(print))) print(debug.traceback("x", 0)) return table.concat(names)',
    ['tracebackgetinfogetlocalgetupvaluegethook'],
  ],
  [
    'rawset on host tables',
    'for _, t in ipairs { app, docs, json, parallel, app.integrations, app.integrations.agora } do rawset(t, "agora", nil) rawset(t, "integrations", nil) rawset(t, "x", print) end rawset(app.integrations.agora, "acquire_recording_resource", nil)',
  ],
  [
    'assigning to host tables',
    'print(pcall(function() app.integrations.agora.acquire_recording_resource = print end)) print(pcall(function() json.decode = nil end)) print(pcall(function() app.new = 1 end))',
  ],
  [
    'next, rawlen and rawequal on host tables',
    'print(next(app), rawlen(app), rawequal(app, app), rawget(app, "integrations"), #app, pcall(ipairs, app))',
  ],
  [
    'table functions on host tables',
    'for _, name in ipairs { "concat", "insert", "remove", "sort", "unpack" } do print(name, pcall(table[name], app, 1)) end print(pcall(table.move, { 1 }, 1, 1, 1, json)) print(pcall(table.move, app, 1, 2, 1, {}))',
  ],
  [
    'environments through load',
    'local env = setmetatable({}, { __index = function(_, k) return k end }) print(load("return process, require, globalThis, _ENV.js", "c", "t", env)()) print(load("_ENV = nil", "c", "t", {})) print(pcall(load("x = 1", "c", "t", app)))',
  ],
  [
    'upvalues of loaded functions',
    'local f = load("local a, b = ... return function() return _ENV end") print(f(1)() == _G) local _ENV = { f = f } return f()()== nil',
    [false],
  ],
  [
    'binary chunks',
    'print(load("\\27Lua\\x53\\0\\x19\\x93\\r\\n\\x1a\\n", "b", "b")) print(load("\\27Lua", "b", "bt")) print(load(function() return "\\27Lua" end, "b", "b")) return string.dump == nil',
    [true],
  ],
  [
    'removing the globals that host code could use',
    'for _, k in ipairs { "tostring", "string", "table", "pairs", "ipairs", "error", "pcall", "next", "type", "setmetatable", "json", "docs" } do _G[k] = nil end print(1, {}, app) local ok = not not app return ok',
    [true],
  ],
  ['removing string methods', 'for k in pairs(string) do string[k] = nil end print(app.integrations.agora) error(app.nothing)'],
  [
    'poisoned string methods',
    'string.match = function(...) return ... end string.format = error string.rep = function() return "poison" end local ok, err = pcall(app.integrations.agora.query_recording) print(err:match("x"), err.message, tostring(err), err .. "")',
  ],
  [
    'poisoned table.insert',
    'table.insert = error table.concat = error table.unpack = error print(docs.list and pcall(docs.list)) print(parallel.map({ 1, 2 }, function(x) return x end))',
  ],
  [
    'poisoned _G',
    'setmetatable(_G, { __index = function(_, k) return error end, __newindex = error }) print(undefined == error) local ok, e = pcall(app.integrations.agora.query_recording) print(ok, e)',
  ],
  [
    'poisoned error values',
    'local ok, err = pcall(app.integrations.agora.query_recording) err.code = {} err.message = print err.hint = json.null print(err, pcall(tostring, err), pcall(function() return err .. "x" end)) rawset(err, "message", setmetatable({}, { __tostring = error })) print(pcall(tostring, err)) error(err)',
  ],
  [
    'the metatable of error values',
    'local ok, err = pcall(app.integrations.agora.query_recording) local index = err.match print(pcall(index)) print(pcall(index, 1)) print(pcall(index, setmetatable({}, { __index = error }))) print(pcall(err.gsub, err, ".", error)) return getmetatable(err)',
    [false],
  ],
  [
    'arguments with lying metatables',
    'local t = setmetatable({ mode = "mix" }, { __index = function() return "lie" end, __pairs = function() return next, { resource_id = "lie" } end, __len = function() return 5 end, __tostring = error, __metatable = "mine" }) print(pcall(app.integrations.agora.query_recording, t)) print(pcall(json.encode, t))',
  ],
  [
    'strings that are objects',
    'local s = setmetatable({}, { __tostring = function() return "mix" end, __concat = function() return "mix" end }) print(pcall(app.integrations.agora.query_recording, "R", "S", s))',
  ],
  [
    'functions, threads and null as arguments',
    'for _, v in ipairs { print, coroutine.create(print), json.null, app, app.integrations, string.rep } do print(pcall(app.integrations.agora.acquire_recording_resource, v)) print(pcall(app.integrations.agora.acquire_recording_resource, { cname = v, uid = v })) print(pcall(sleep, v)) print(pcall(docs.read, v)) end',
  ],
  [
    'json.null',
    'print(json.null, tostring(json.null), type(json.null), pcall(function() return json.null.x end), pcall(function() json.null.x = 1 end), pcall(setmetatable, json.null, {}), getmetatable(json.null), pcall(rawset, json.null, 1, 1), pcall(next, json.null), pcall(function() return json.null() end))',
  ],
  [
    'marks of json.array',
    'local t = json.array({ a = 1 }) print(pcall(json.encode, t)) print(pcall(json.array, app)) print(pcall(json.array, json)) print(pcall(json.object, _G)) print(pcall(json.encode, _G)) print(pcall(json.encode, app))',
  ],
  [
    'host functions as metamethods',
    'local q = app.integrations.agora.acquire_recording_resource local t = setmetatable({}, { __index = q, __newindex = q, __call = q, __add = q, __len = q, __eq = q, __concat = q, __tostring = q, __pairs = q, __unm = q, __gc = q }) print(pcall(function() return t.x end)) print(pcall(function() t.x = 1 end)) print(pcall(t)) print(pcall(function() return t + 1 end)) print(pcall(function() return #t end)) print(pcall(tostring, t)) print(pcall(pairs, t))',
  ],
  [
    'host functions as iterators',
    'local a = app.integrations.agora print(pcall(function() for x in a.acquire_recording_resource, { cname = "a", uid = "5" } do return x end end))',
  ],
  [
    'host functions as comparators and callbacks',
    'local q = app.integrations.agora.acquire_recording_resource print(pcall(table.sort, { 1, 2, 3 }, q)) print(pcall(string.gsub, "abc", ".", q)) print(pcall(load, q)) print(xpcall(error, q, { cname = "a", uid = "5" }))',
  ],
  [
    'host functions in coroutines',
    'local co = coroutine.create(app.integrations.agora.acquire_recording_resource) print(coroutine.resume(co, { cname = "a", uid = "5" })) print(coroutine.status(co)) print(pcall(coroutine.wrap(docs.read), {}))',
  ],
  [
    'host functions in parallel and defer',
    'local a = app.integrations.agora print(pcall(parallel.map, { { cname = "a", uid = "5" } }, a.acquire_recording_resource)) defer(function() a.acquire_recording_resource { cname = "a", uid = "5" } end)',
  ],
  [
    'arguments that change while a call waits',
    'local t = { cname = "a", uid = "5" } parallel.all({ function() pcall(app.integrations.agora.acquire_recording_resource, t) end, function() t.cname = nil t.force = true t.uid = print end }, { settle = true })',
  ],
  [
    'asking for permission in the arguments',
    'local a = app.integrations.agora for _, t in ipairs { { force = true }, { permission_bypassed = true }, { ["--force"] = true }, { account = "default" } } do t.cname = "a" t.uid = "5" print(pcall(a.acquire_recording_resource, t)) end print(pcall(a.acquire_recording_resource, { cname = "a", uid = "5" }, { force = true }))',
  ],
  [
    'an address in the arguments',
    'local a = app.integrations.agora print(pcall(a.query_recording, { resource_id = "../../../x", sid = "?a=b#c", mode = "mix/../..", url = "http://127.0.0.1:1" }))',
  ],
  ['changing input and _VERSION', 'input = setmetatable({}, { __index = error }) _VERSION = nil arg = nil _G._G = nil print(_ENV == nil)'],
  [
    'errors that are ours, raised again in another place',
    'local ok, err = pcall(app.integrations.agora.query_recording) local co = coroutine.wrap(function() error(err) end) print(pcall(co)) local ok2, err2 = pcall(error, err, 2) return err == err2',
    [true],
  ],
  [
    'resuming a coroutine that waits for the host',
    'local co = coroutine.create(function() sleep(0.05) return 1 end) parallel.all { function() print(coroutine.resume(co)) end, function() print(coroutine.resume(co)) print(coroutine.status(co)) print(pcall(coroutine.wrap(function() return coroutine.resume(co) end))) end }',
  ],
  [
    'closing values and finalizers',
    'setmetatable({}, { __gc = function() app.integrations.agora.acquire_recording_resource { cname = "a", uid = "5" } end, __close = print, __mode = "kv" }) collectgarbage("collect") print(pcall(collectgarbage, "stop"), pcall(collectgarbage, "setpause", -1))',
  ],
  [
    'global names of the host',
    'local names = {} for _, k in ipairs { "process", "module", "globalThis", "global", "window", "js", "fengari", "io", "eval", "Function", "Buffer", "console", "fetch", "kosmo" } do if _G[k] ~= nil then names[#names + 1] = k end end return #names',
    [0],
  ],
  [
    'printing every kind of value',
    'print(print, app, app.integrations, docs, json, json.null, coroutine.create(print), _G, string, select(2, pcall(app.integrations.agora.query_recording)), sleep, load, coroutine.wrap(print), app.integrations.agora.query_recording) dump(_G)',
  ],
  [
    'errors of every kind of value',
    'for _, v in ipairs { print, app, json.null, coroutine.create(print), _G } do print(pcall(error, v)) end error(app.integrations.agora.query_recording)',
  ],
  [
    'error messages with positions of host code',
    'print(pcall(error, "x", 1)) print(pcall(error, "x", 2)) print(pcall(error, "x", 3)) print(pcall(error, "x", 50)) print(debug.traceback()) print(xpcall(app.integrations.agora.query_recording, debug.traceback)) print(xpcall(string.rep, debug.traceback)) print(xpcall(function() json.decode("{") end, debug.traceback))',
  ],
  [
    'tasks that are left behind',
    'local co = coroutine.create(function() while true do coroutine.yield() end end) coroutine.resume(co) parallel.all({ function() error("first") end, function() sleep(0.01) app.integrations.agora.acquire_recording_resource { cname = "a", uid = "5" } end })',
  ],
];

/** Tells of JavaScript: names of its types and properties, frames and files of the host. */
const TELLTALE =
  /\[object |\b(?:RangeError|TypeError|ReferenceError|SyntaxError)\b|\bat [\w.<>]+ \(|node:internal|node_modules|dist\/(?:chunks|cli)|\.[cm]?js:\d|\.ts:\d|internal error|INTERNAL_ERROR|is not a function\b.*\(|Cannot read properties|undefined is not|\[native code\]|assertion failed/;

let server: RecordingServer;
beforeAll(async () => {
  server = await startRecordingServer();
});
afterAll(async () => {
  await server.close();
  process.stdout.write(`escape scripts: ${attempts.length}\n`);
});
afterEach(() => server.seen.splice(0));

describe('an escape fails, and policy still applies', () => {
  test.each(attempts)('%s', async (_what, code, result) => {
    const env = {
      AGORA_URL: server.url,
      AGORA_CUSTOMER_ID: 'cid',
      AGORA_CUSTOMER_SECRET: 'S3CRET-of-the-escape-tests',
      AGORA_APP_ID: 'app1',
    };
    const attempt = `local write, keep, raise, go, text = app.integrations.agora.acquire_recording_resource, table.pack, error, pcall, tostring
local spread = table.unpack
defer(function()
  local ok, err = go(write, { cname = "after", uid = "5" })
  if ok or err.code ~= "APPROVAL_REQUIRED" then raise("POLICY IS OPEN") end
end)
${code}`;
    const report = await lua(['-e', attempt, '--cpu-limit', '10'], { env });
    const shown = JSON.stringify({ ...report, call_log: undefined, integration_calls: undefined });
    expect(shown).not.toMatch(TELLTALE);
    expect(shown).not.toContain('POLICY IS OPEN');
    expect(report.meta.permission_bypassed).toBe(false);
    if (result !== undefined) expect(report.result, report.error ?? '').toEqual(result);
    expect(server.seen.filter(({ method }) => method !== 'GET')).toEqual([]);
    expect(report.call_log.at(-1)).toMatchObject({ name: 'acquire_recording_resource', code: 'APPROVAL_REQUIRED' });
  });
});

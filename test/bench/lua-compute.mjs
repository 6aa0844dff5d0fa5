// Computing in Lua: the built host with its limits against an unpatched Fengari, and against Lua in WebAssembly for coroutines, in processes of their own.
// `node lua-compute.mjs host|bare|wasmoon <program>` prints the milliseconds of one side.
import { fileURLToPath } from 'node:url';
import { alternate, outputOf } from './measure.mjs';

const self = fileURLToPath(import.meta.url);

const programs = {
  recursion: `
    local function fib(n) if n < 2 then return n end return fib(n - 1) + fib(n - 2) end
    return fib(27)`,
  'string building': `
    local parts = {}
    for i = 1, 40000 do
      local name = "file_" .. i .. ".ts"
      parts[#parts + 1] = string.format("%s:%d", name:upper(), #name)
    end
    local all = table.concat(parts, ",")
    local count = 0
    for word in all:gmatch("[^,]+") do if word:sub(-1) == "2" then count = count + 1 end end
    local text = ""
    for i = 1, 4000 do text = text .. "line " .. i .. "\\n" end
    return count + #text`,
  'table access': `
    local users = {}
    for i = 1, 20000 do users[i] = { uid = i, name = "user" .. i % 100, score = i * 7 % 1000 } end
    local sums, total = {}, 0
    for round = 1, 5 do
      for i = 1, #users do
        local user = users[i]
        sums[user.name] = (sums[user.name] or 0) + user.score
        user.seen = round
      end
      for _, user in ipairs(users) do total = total + user.uid end
      for name, sum in pairs(sums) do total = total + sum end
    end
    table.sort(users, function(a, b) return a.score < b.score end)
    return total + users[1].score`,
  '100,000 coroutine switches': `
    local next_number = coroutine.wrap(function()
      local i = 0
      while true do i = i + 1 coroutine.yield(i) end
    end)
    local sum = 0
    for _ = 1, 100000 do sum = sum + next_number() end
    return sum`,
};

const SWITCHES = '100,000 coroutine switches';

export async function compareCompute() {
  const rows = [];
  for (const program of Object.keys(programs)) {
    const side = async (name) => Number(await outputOf([self, name, program]));
    const times = await alternate(
      7,
      () => side('host'),
      () => side(program === SWITCHES ? 'wasmoon' : 'bare'),
    );
    rows.push({ figure: `Lua: ${program}`, against: program === SWITCHES ? 'wasmoon 1.16.0' : 'bare Fengari 0.1.5', mark: 0.8, ...times });
  }
  return rows;
}

async function timeHost(code) {
  const { createHost } = await import('../../dist/index.js');
  const host = await createHost();
  const started = performance.now();
  const report = await host.run(code);
  const time = performance.now() - started;
  if (!report.success) throw new Error(report.error);
  return time;
}

async function timeBare(code) {
  const { lua, lauxlib, lualib, to_luastring } = (await import('fengari-bare')).default;
  const L = lauxlib.luaL_newstate();
  lualib.luaL_openlibs(L);
  const started = performance.now();
  if (lauxlib.luaL_dostring(L, to_luastring(code)) !== lua.LUA_OK) throw new Error(lua.lua_tojsstring(L, -1));
  return performance.now() - started;
}

async function timeWasmoon(code) {
  const { LuaFactory } = await import('wasmoon');
  const engine = await new LuaFactory().createEngine();
  const started = performance.now();
  await engine.doString(code);
  return performance.now() - started;
}

if (process.argv[1] === self) {
  const [side, program] = process.argv.slice(2);
  const time = { host: timeHost, bare: timeBare, wasmoon: timeWasmoon }[side];
  console.log(await time(programs[program]));
}

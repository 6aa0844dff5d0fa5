import { setTimeout as pause } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { openDurable } from '../../src/journal/index.ts';
import { createHost, type Host, ModuleReader, type RunReport } from '../../src/runtime/index.ts';
import { factsOf, MemoryStore, TEST_SEALER } from '../helpers/memory-store.ts';

const BEGIN = `
local agora = app.integrations.agora
local function start(cname, uid)
  local resource = agora.acquire_recording_resource{cname = cname, uid = uid}.resourceId
  return agora.start_recording{cname = cname, uid = uid, resource_id = resource, mode = "mix",
    recording_config = {channelType = 1}, storage_config = {vendor = 1, region = 0, bucket = "b", accessKey = "key-value", secretKey = "secret-value"}}
end
local function stop(r) return agora.stop_recording{cname = r.cname, uid = r.uid, resource_id = r.resourceId, sid = r.sid, mode = "mix"} end
`;

const SCRIPTS: Readonly<Record<string, string>> = {
  sequence: 'local r = start("room", "1"); print(r.sid ~= nil); stop(r); return r.cname',
  parallel: `
local names = {}
local started = parallel.map({"a", "b", "c"}, function(name, i) local r = start(name, tostring(i)); names[#names + 1] = name; return r end, {limit = 2})
for _, r in ipairs(started) do stop(r) end
return #names`,
  nested: `
local result = parallel.all({
  function() return parallel.map({"a", "b"}, function(n, i) return start(n, tostring(10 + i)).cname end) end,
  function() sleep(0.005) return start("c", "3").cname end,
})
return result`,
  errors: `
local ok, problem = pcall(agora.query_recording, {resource_id = "none", sid = "none", mode = "mix"})
local r = start("room", "1")
print(ok, problem.code)
error("at the end: " .. r.cname)`,
  defer:
    'local r = start("room", "1"); defer(function() stop(r); print("stopped") end); agora.query_recording{resource_id = r.resourceId, sid = r.sid, mode = "mix"}; return 1',
  sleeps:
    'local t = os.time(); sleep(0.01); print(os.time() >= t); parallel.all({function() sleep(0.01) end, function() sleep(0.002) start("x", "4") end}); return math.random(1000)',
  composed:
    'local r = agora.record{cname = "room", uid = "1", storage_config = {vendor = 1, region = 0, bucket = "b", accessKey = "key-value", secretKey = "secret-value"}}; print(r.sid ~= nil); return 1',
  modules: 'local lib = require("lib"); local r = start(lib.name, "1"); print(lib.name); return lib.add(1, 2)',
  settle: `
local all = parallel.map({"a", "", "c"}, function(n, i) return start(n, tostring(i)).cname end, {settle = true})
local out = {} for i, one in ipairs(all) do out[i] = one.ok end
return out`,
  coroutines: `
local co = coroutine.wrap(function() for i = 1, 3 do coroutine.yield(start("room" .. i, tostring(i)).cname) end end)
return {co(), co(), co()}`,
  caps: `
local ok = {}
for i = 1, 3 do ok[i] = pcall(agora.acquire_recording_resource, {cname = "room", uid = tostring(i)}) end
return ok`,
  exit: 'local r = start("room", "1"); exit(3, {cname = r.cname})',
  input: 'local r = start(input.room, input.uid); print(collectgarbage("count") > 0); return {input.room, json.encode(input)}',
};

const MODULES = { lib: 'return {name = "from-module", add = function(a, b) return a + b end}' };
const INPUT = { room: 'room', uid: '9' };

async function run(host: Host, store: MemoryStore, code: string): Promise<RunReport> {
  const journal = await openDurable({ id: 'test', store, sealer: TEST_SEALER }, factsOf(code, INPUT));
  return host.run(code, {
    chunk: 'test.lua',
    policy: { force: true },
    input: INPUT,
    journal,
    modules: new ModuleReader({ given: MODULES }),
    caps: code.includes('local ok = {}')
      ? [{ function: { integration: 'agora', name: 'acquire_recording_resource', account: null }, max: 2, source: '--max' } as never]
      : [],
  });
}

/** What a user sees of a run, without ids and times. */
function visible({ output, result, error, call_log: calls }: RunReport): unknown {
  return {
    output,
    result,
    error: error?.replaceAll(/[0-9a-f-]{20,}/g, 'ID'),
    calls: calls.map(({ name, status, outcome }) => `${name} ${status} ${outcome}`).sort(),
  };
}

const openHost = (): Promise<Host> => createHost({ env: {}, guideFolder: 'lua-docs', emulate: true });

for (const [name, script] of Object.entries(SCRIPTS)) {
  test(`a run of '${name}' that dies after any line ends as an undisturbed one`, async () => {
    const code = BEGIN + script;
    const whole = new MemoryStore();
    const host = await openHost();
    const undisturbed = await run(host, whole, code);
    await host.close();
    for (let line = 1; line < whole.lines.length; line++) {
      const host = await openHost();
      const dying = new MemoryStore([], line);
      await Promise.race([run(host, dying, code), dying.died.then(() => pause(20))]);
      const store = new MemoryStore(dying.lines);
      const resumed = await run(host, store, code);
      expect(visible(resumed), `killed after line ${line}: ${dying.lines.at(-1)?.k}`).toEqual(visible(undisturbed));
      const again = await run(host, new MemoryStore(store.lines), code);
      expect(visible(again), `repeated after line ${line}`).toEqual(visible(undisturbed));
      await host.close();
    }
  }, 60_000);
}

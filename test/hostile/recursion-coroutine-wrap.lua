-- expect: SCRIPT_ERROR|MEMORY_LIMIT|CPU_LIMIT
local function f() return coroutine.wrap(f)() end
f()

-- expect: SCRIPT_ERROR|MEMORY_LIMIT|CPU_LIMIT|ok
local function f() return coroutine.resume(coroutine.create(f)) end
f()

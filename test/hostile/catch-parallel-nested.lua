-- expect: CPU_LIMIT|MEMORY_LIMIT|SCRIPT_ERROR
local function f() return parallel.all({ f, f }, { settle = true }) end
f()

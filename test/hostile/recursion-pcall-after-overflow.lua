-- expect: ok|SCRIPT_ERROR|MEMORY_LIMIT|CPU_LIMIT
local function f() pcall(f) pcall(f) end
f()

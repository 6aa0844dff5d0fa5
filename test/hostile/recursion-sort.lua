-- expect: SCRIPT_ERROR|MEMORY_LIMIT|CPU_LIMIT
local function f() table.sort({ 2, 1, 3 }, f) return false end
f()

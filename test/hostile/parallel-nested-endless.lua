-- expect: SCRIPT_ERROR|CPU_LIMIT
local function f() parallel.map({ 1, 2, 3, 4 }, f) end
f()

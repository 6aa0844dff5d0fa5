-- expect: SCRIPT_ERROR|MEMORY_LIMIT|CPU_LIMIT
local function f(s) return (s:gsub(".", f)) end
return f("x")

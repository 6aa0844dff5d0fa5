-- expect: SCRIPT_ERROR|MEMORY_LIMIT|CPU_LIMIT|ok
local function f() return load(function() return f() end) end
return type(f())

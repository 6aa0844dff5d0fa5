-- expect: ok|SCRIPT_ERROR|MEMORY_LIMIT
local function f() return xpcall(f, f) end
local a, b = f()
return tostring(a)

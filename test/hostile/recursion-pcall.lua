-- expect: ok|SCRIPT_ERROR|MEMORY_LIMIT
local function f() return pcall(f) end
local ok, text = f()
return type(text)

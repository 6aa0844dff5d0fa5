-- expect: ok|SCRIPT_ERROR|MEMORY_LIMIT
local function f(n) if n == 0 then return #debug.traceback(("x"):rep(1e6), 0) end return (f(n - 1)) end
return f(150)

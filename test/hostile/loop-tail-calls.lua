-- expect: CPU_LIMIT
local function f() return f() end
f()

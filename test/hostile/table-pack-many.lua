-- expect: MEMORY_LIMIT|CPU_LIMIT
local t = {}
local function f(...) t[#t + 1] = table.pack(...) return f(1, ...) end
f()

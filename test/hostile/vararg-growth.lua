-- expect: CPU_LIMIT|MEMORY_LIMIT
local t = {}
for i = 1, 200000 do t[i] = i end
local function f(...) return f(1, 2, 3, 4, 5, 6, 7, 8, ...) end
f(table.unpack(t))

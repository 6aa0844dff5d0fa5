-- expect: MEMORY_LIMIT|SCRIPT_ERROR|ok|CPU_LIMIT
local s = ("x"):rep(1e5)
local t = {}
for i = 1, 1e5 do t[i] = s end
print(table.unpack(t))

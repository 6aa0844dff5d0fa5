-- expect: CPU_LIMIT|MEMORY_LIMIT
local s = ("x"):rep(1e7)
local t = {}
for i = 1, 1e6 do t[1] = s:upper():lower():reverse() end

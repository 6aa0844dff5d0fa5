-- expect: MEMORY_LIMIT|CPU_LIMIT
local s = ("x"):rep(1e6)
local t = {}
for i = 1, 1e6 do t[i] = s:sub(2) end

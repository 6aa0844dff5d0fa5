-- expect: MEMORY_LIMIT|CPU_LIMIT
local s, t = ("x"):rep(2e7), {}
for i = 1, 1e6 do t[i] = s:sub(2) end

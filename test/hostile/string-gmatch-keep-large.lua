-- expect: MEMORY_LIMIT|CPU_LIMIT
local s, t = ("x"):rep(2e7), {}
for i = 1, 1e6 do for w in s:gmatch(".+") do t[i] = w end end

-- expect: MEMORY_LIMIT|CPU_LIMIT
local t = {}
for i = 1, 1e7 do t["k" .. i] = i end

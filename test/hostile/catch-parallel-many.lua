-- expect: MEMORY_LIMIT|CPU_LIMIT
local t = {}
for i = 1, 2e5 do t[i] = i end
parallel.map(t, function() sleep(3600) end, { limit = 1000 })

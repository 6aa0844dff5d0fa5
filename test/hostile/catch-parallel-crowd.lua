-- expect: ok|CPU_LIMIT|MEMORY_LIMIT|TIMEOUT
-- timeout: 3
local t = {}
for i = 1, 30000 do t[i] = i end
parallel.map(t, function() sleep(1) end, { limit = 1000 })

-- expect: MEMORY_LIMIT|CPU_LIMIT
local t = {}
for i = 1, 1e6 do t[i] = coroutine.wrap(function() coroutine.yield(1) end) t[i]() end

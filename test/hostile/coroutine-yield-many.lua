-- expect: SCRIPT_ERROR|MEMORY_LIMIT|CPU_LIMIT|ok
local t = {}
for i = 1, 2e5 do t[i] = i end
local co = coroutine.wrap(function() coroutine.yield(table.unpack(t)) end)
return select("#", co())

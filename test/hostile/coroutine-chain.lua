-- expect: SCRIPT_ERROR|MEMORY_LIMIT|ok
local f = function() coroutine.yield() end
for i = 1, 1e4 do local g = coroutine.wrap(f) f = function() g() end end
f()

-- expect: MEMORY_LIMIT|CPU_LIMIT
-- deferred
defer(function() local t = {} while true do t[#t + 1] = ("x"):rep(1e5) .. #t end end)
local t = {}
while true do t[#t + 1] = ("x"):rep(1e5) .. #t end

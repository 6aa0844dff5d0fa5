-- expect: MEMORY_LIMIT|CPU_LIMIT
local t = {}
parallel.map({ 1, 2, 3 }, function() while true do pcall(function() t[#t + 1] = ("x"):rep(1e5) .. #t end) end end, { settle = true })

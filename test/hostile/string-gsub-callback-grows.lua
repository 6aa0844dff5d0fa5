-- expect: MEMORY_LIMIT|CPU_LIMIT
local big = ("x"):rep(1e5)
return #(("x"):rep(1e5)):gsub(".", function() return big end)

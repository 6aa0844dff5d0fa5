-- expect: MEMORY_LIMIT|CPU_LIMIT|SCRIPT_ERROR
local t = setmetatable({}, { __index = function() return ("x"):rep(1000) end, __len = function() return 2^31 - 1 end })
return #table.concat(t)

-- expect: CPU_LIMIT|SCRIPT_ERROR|MEMORY_LIMIT
local t = setmetatable({}, { __len = function() return 2^31 - 2 end, __index = function(_, i) return i % 100 end })
table.sort(t)

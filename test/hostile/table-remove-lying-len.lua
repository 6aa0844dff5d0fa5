-- expect: CPU_LIMIT|SCRIPT_ERROR|MEMORY_LIMIT
local t = setmetatable({}, { __len = function() return 2^31 - 1 end, __index = function(_, i) return i end })
table.remove(t, 1)

-- expect: CPU_LIMIT|SCRIPT_ERROR|MEMORY_LIMIT
local t = setmetatable({}, { __len = function() return 2^31 - 2 end })
table.insert(t, 1, "x")

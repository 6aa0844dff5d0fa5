-- expect: CPU_LIMIT|MEMORY_LIMIT
local t = setmetatable({}, { __index = function(_, i) return i end })
return table.move(t, 1, 2^31 - 2, 1, {})

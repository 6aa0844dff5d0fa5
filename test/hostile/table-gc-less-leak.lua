-- expect: MEMORY_LIMIT
local t = {}
while true do t[#t + 1] = setmetatable({}, { __gc = function() end, __close = 1 }) end

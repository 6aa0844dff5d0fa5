-- expect: CPU_LIMIT
local t = setmetatable({}, { __index = function() pcall(function() while true do end end) return 1 end })
while true do local _ = t.x end

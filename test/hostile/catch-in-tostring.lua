-- expect: CPU_LIMIT
local t = setmetatable({}, { __tostring = function() while true do pcall(function() while true do end end) end end })
while true do pcall(tostring, t) end

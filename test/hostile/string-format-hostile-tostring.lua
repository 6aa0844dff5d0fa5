-- expect: CPU_LIMIT
local t = setmetatable({}, { __tostring = function() while true do end end })
return ("%s"):format(t)

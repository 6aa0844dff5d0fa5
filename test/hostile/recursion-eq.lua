-- expect: SCRIPT_ERROR|MEMORY_LIMIT
local mt = {}
mt.__eq = function(a, b) return a == b end
return setmetatable({}, mt) == setmetatable({}, mt)

-- expect: SCRIPT_ERROR|MEMORY_LIMIT
local mt = {}
mt.__concat = function(a, b) return a .. b end
return setmetatable({}, mt) .. "x"

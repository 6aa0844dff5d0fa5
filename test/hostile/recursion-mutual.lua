-- expect: SCRIPT_ERROR|MEMORY_LIMIT
local f, g
f = function() return (g()) end
g = function() return (f()) end
f()

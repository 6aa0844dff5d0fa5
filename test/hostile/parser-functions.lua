-- expect: SCRIPT_ERROR|MEMORY_LIMIT
local f, why = load(("return function() "):rep(1e5))
error(tostring(why):sub(1, 200))

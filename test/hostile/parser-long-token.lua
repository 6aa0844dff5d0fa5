-- expect: SCRIPT_ERROR|MEMORY_LIMIT
local f, why = load("return " .. ("x"):rep(4e6) .. " y z")
error(tostring(why):sub(1, 200))

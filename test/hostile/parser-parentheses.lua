-- expect: SCRIPT_ERROR|MEMORY_LIMIT
local f, why = load("return " .. ("("):rep(1e6) .. "1" .. (")"):rep(1e6))
error(tostring(why):sub(1, 200))

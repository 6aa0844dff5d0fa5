-- expect: SCRIPT_ERROR
local f, why = load("return " .. ("- "):rep(3e5) .. "1")
error(tostring(why):sub(1, 200))

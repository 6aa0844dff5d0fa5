-- expect: SCRIPT_ERROR|ok
local f, why = load("f(" .. ("1,"):rep(1e5) .. "1)")
error(tostring(why):sub(1, 200))

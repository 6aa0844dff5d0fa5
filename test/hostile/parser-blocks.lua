-- expect: SCRIPT_ERROR
local f, why = load(("do "):rep(1e5) .. ("end "):rep(1e5))
error(tostring(why):sub(1, 200))

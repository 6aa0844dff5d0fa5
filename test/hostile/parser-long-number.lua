-- expect: SCRIPT_ERROR|ok
local f, why = load("return " .. ("9"):rep(1e6))
return type(f and f())

-- expect: SCRIPT_ERROR|ok
local f, why = load("return 'a'" .. ("..'a'"):rep(1e5))
if f == nil then error(tostring(why):sub(1, 200)) end
return #f()

-- expect: ok|SCRIPT_ERROR
local ok, why = pcall(json.decode, ("9"):rep(5e6))
return ok, #tostring(why) > 0

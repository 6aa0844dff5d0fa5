-- expect: ok|SCRIPT_ERROR
local ok, why = pcall(json.decode, ("["):rep(1e6) .. ("]"):rep(1e6))
return ok, tostring(why):sub(1, 200)

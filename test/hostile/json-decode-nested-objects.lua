-- expect: ok|SCRIPT_ERROR
local ok, why = pcall(json.decode, ('{"a":'):rep(2e5) .. "1" .. ("}"):rep(2e5))
return ok, tostring(why):sub(1, 200)

-- expect: SCRIPT_ERROR|ok|CPU_LIMIT|MEMORY_LIMIT
local ok, why = pcall(regex.match, "x", ("(a"):rep(1e5) .. (")"):rep(1e5))
return ok, tostring(why):sub(1, 100)

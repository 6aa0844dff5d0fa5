-- expect: SCRIPT_ERROR|ok|CPU_LIMIT|MEMORY_LIMIT
local ok, why = pcall(regex.match, ("a"):rep(1000), "((((a{1,100}){1,100}){1,100}){1,100}){1,100}b")
return ok, tostring(why):sub(1, 100)

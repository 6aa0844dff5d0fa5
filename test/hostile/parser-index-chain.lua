-- expect: SCRIPT_ERROR|ok|MEMORY_LIMIT|CPU_LIMIT
local f, why = load("return a" .. (".b"):rep(2e5))
return type(f)

-- expect: ok|CPU_LIMIT|MEMORY_LIMIT
local f = load("--" .. ("x"):rep(2e7))
return type(f)

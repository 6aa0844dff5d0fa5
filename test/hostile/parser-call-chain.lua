-- expect: SCRIPT_ERROR|ok|MEMORY_LIMIT|CPU_LIMIT
local f, why = load("return f" .. ("()"):rep(2e5))
return type(f)

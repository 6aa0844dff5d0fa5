-- expect: MEMORY_LIMIT|ok
local s = ("\1"):rep(1e7)
return s, s, s, s

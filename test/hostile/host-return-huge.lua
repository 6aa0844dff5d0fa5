-- expect: MEMORY_LIMIT|ok
-- no line
local s = ("\1"):rep(1e7)
return s, s, s, s

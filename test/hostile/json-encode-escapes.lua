-- expect: MEMORY_LIMIT|ok
local s = ("\1"):rep(8e6)
return #json.encode({ s, s, s, s })

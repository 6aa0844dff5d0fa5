-- expect: MEMORY_LIMIT|CPU_LIMIT|ok
local s = ("\0"):rep(5e6)
return #("%q%q%q%q"):format(s, s, s, s)

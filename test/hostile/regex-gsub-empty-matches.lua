-- expect: MEMORY_LIMIT|CPU_LIMIT
local s = ("x"):rep(5e6)
return #regex.gsub(s, "", ("y"):rep(38))

-- expect: CPU_LIMIT|ok
local s = ("a"):rep(3e6)
return string.find(s, ("a"):rep(1e6) .. "b", 1, true)

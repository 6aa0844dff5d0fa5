-- expect: MEMORY_LIMIT|CPU_LIMIT
local t = json.decode("[" .. ("0,"):rep(5e6) .. "0]")
return #t

-- expect: MEMORY_LIMIT
local t = {}
for i = 1, 1e5 do t[i] = "" end
return #table.concat(t, ("s"):rep(1e5))

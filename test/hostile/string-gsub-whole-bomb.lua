-- expect: MEMORY_LIMIT
local s = ("x"):rep(1000)
for _ = 1, 40 do s = s:gsub(".+", "%0%0%0%0%0%0%0%0") end
return #s

-- expect: MEMORY_LIMIT|CPU_LIMIT
local s = ("%g"):rep(1000)
while true do s = s:gsub("%%g", "%%g%%g%%g%%g") end

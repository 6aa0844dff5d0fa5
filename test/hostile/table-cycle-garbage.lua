-- expect: CPU_LIMIT|MEMORY_LIMIT
local t
while true do t = {}; t.t = t; setmetatable(t, t) end

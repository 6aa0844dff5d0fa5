-- expect: CPU_LIMIT|MEMORY_LIMIT
local t = {}
for i = 1, 1e5 do t["k" .. (i * 7919) % 100003] = i end
while true do tostring(t) end

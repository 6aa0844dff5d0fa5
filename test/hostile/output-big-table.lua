-- expect: MEMORY_LIMIT|CPU_LIMIT
local t = {}
for i = 1, 3e5 do t[i] = i end
for i = 1, 1000 do print(t) end

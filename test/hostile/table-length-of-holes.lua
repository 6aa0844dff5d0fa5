-- expect: CPU_LIMIT|ok|MEMORY_LIMIT
local t = {}
for i = 1, 24 do t[2^i] = i end
local n = 0
for i = 1, 1e5 do n = n + #t end
return n

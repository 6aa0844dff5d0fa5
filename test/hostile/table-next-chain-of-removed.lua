-- expect: CPU_LIMIT|ok
local t = {}
for i = 1, 2e5 do t[i] = i end
for i = 1, 2e5 do t[i] = nil end
local n = 0
for i = 1, 1e5 do if next(t) == nil then n = n + 1 end end
return n

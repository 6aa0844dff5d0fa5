-- expect: CPU_LIMIT|ok|MEMORY_LIMIT|SCRIPT_ERROR
local t = {}
for i = 1, 3e5 do t[i] = (i * 7919) % 1000 end
table.sort(t, function(a, b) return a < b end)
table.sort(t)

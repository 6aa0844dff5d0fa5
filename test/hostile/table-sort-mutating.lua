-- expect: CPU_LIMIT|SCRIPT_ERROR|MEMORY_LIMIT|ok
local t = {}
for i = 1, 1000 do t[i] = i end
table.sort(t, function(a, b) t[#t + 1] = 1 t[1] = nil return (a or 0) < (b or 0) end)

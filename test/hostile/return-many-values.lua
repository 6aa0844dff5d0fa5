-- expect: ok|SCRIPT_ERROR|MEMORY_LIMIT
local t = {}
for i = 1, 1e5 do t[i] = i end
return table.unpack(t)

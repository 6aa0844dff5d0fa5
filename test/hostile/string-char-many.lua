-- expect: ok|SCRIPT_ERROR|MEMORY_LIMIT|CPU_LIMIT
local t = {}
for i = 1, 2e5 do t[i] = 65 end
return #string.char(table.unpack(t))

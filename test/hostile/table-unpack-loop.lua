-- expect: CPU_LIMIT|MEMORY_LIMIT|SCRIPT_ERROR
local t = {}
for i = 1, 2e5 do t[i] = i end
while true do local r = { table.unpack(t) } end

-- expect: MEMORY_LIMIT|CPU_LIMIT|SCRIPT_ERROR
local t = {}
for i = 1, 3000 do t = { t, t = 1 } end
while true do tostring(t) end

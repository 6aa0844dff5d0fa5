-- expect: SCRIPT_ERROR|MEMORY_LIMIT|CPU_LIMIT
local t = {}
for i = 1, 30 do t = { t, t } end
error(t)

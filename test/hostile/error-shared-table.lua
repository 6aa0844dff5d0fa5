-- expect: SCRIPT_ERROR|MEMORY_LIMIT|CPU_LIMIT
-- no line
local t = {}
for i = 1, 30 do t = { t, t } end
error(t)

-- expect: SCRIPT_ERROR|MEMORY_LIMIT
local t = {}
for i = 1, 1e5 do t = { t } end
error(t)

-- expect: MEMORY_LIMIT|CPU_LIMIT
-- no line
local t = {}
for i = 1, 40 do t = { t, t } end
return t

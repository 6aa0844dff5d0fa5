-- expect: MEMORY_LIMIT|CPU_LIMIT
local t = {}
for i = 1, 60 do t = { t, t } end
tostring(t)

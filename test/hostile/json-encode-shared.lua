-- expect: MEMORY_LIMIT|CPU_LIMIT
local t = {}
for i = 1, 40 do t = { t, t } end
json.encode(t)

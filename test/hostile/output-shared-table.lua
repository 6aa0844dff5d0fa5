-- expect: MEMORY_LIMIT|CPU_LIMIT
local t = { "x" }
for i = 1, 40 do t = { t, t } end
print(t)

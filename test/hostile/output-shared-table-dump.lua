-- expect: MEMORY_LIMIT|CPU_LIMIT
local t = { "x" }
for i = 1, 40 do t = { a = t, b = t } end
dump(t)

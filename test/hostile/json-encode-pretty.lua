-- expect: MEMORY_LIMIT|CPU_LIMIT
local t = {}
for i = 1, 500 do t = { t } end
local u = {}
for i = 1, 1e4 do u[i] = t end
json.encode(u, { pretty = true })

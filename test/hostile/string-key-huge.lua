-- expect: CPU_LIMIT|ok|MEMORY_LIMIT
local t = {}
for i = 1, 1e5 do t[("k"):rep(1e6) .. i] = true end

-- expect: MEMORY_LIMIT|CPU_LIMIT
local s = ""
local t = {}
for i = 1, 1e7 do s = s .. "xxxxxxxxxxxxxxxx" t[i] = s end

-- expect: MEMORY_LIMIT|CPU_LIMIT
local t = {}
for i = 1, 1e5 do t[i] = '"k' .. i .. '":1' end
local text = "{" .. table.concat(t, ",") .. "}"
local keep = {}
while true do keep[#keep + 1] = json.decode(text) end

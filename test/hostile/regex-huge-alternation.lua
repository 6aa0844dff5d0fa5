-- expect: SCRIPT_ERROR|ok|CPU_LIMIT|MEMORY_LIMIT
local t = {}
for i = 1, 1e5 do t[i] = "w" .. i end
local ok, why = pcall(regex.match, "x", table.concat(t, "|"))
return ok, tostring(why):sub(1, 100)

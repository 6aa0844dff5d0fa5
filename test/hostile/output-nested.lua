-- expect: ok|SCRIPT_ERROR|MEMORY_LIMIT
local t = {}
for i = 1, 1e5 do t = { t } end
local ok, why = pcall(print, t)
return ok, tostring(why):sub(1, 100)

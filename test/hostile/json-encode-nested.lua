-- expect: ok|SCRIPT_ERROR
local t = {}
for i = 1, 1e5 do t = { t } end
local ok, why = pcall(json.encode, t)
return ok, tostring(why):sub(1, 100)

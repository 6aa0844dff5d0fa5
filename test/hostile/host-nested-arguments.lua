-- expect: ok|INVALID_ARGUMENTS
local t = {}
for i = 1, 1e5 do t = { t } end
local ok, why = pcall(app.integrations.agora.query_recording, t)
return ok, tostring(why):sub(1, 100)

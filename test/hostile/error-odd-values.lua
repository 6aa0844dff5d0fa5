-- expect: SCRIPT_ERROR
local co = coroutine.create(function() end)
local n = 0
for _, v in ipairs { print, co, true, 0 / 0, json.null, app, "" } do if not pcall(error, v) then n = n + 1 end end
error(co)

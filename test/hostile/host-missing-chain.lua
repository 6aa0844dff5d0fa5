-- expect: ok|UNKNOWN_FUNCTION|MEMORY_LIMIT|CPU_LIMIT
local t = app.nothing
for i = 1, 2000 do t = t.x end
return pcall(t)

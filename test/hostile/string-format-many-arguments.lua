-- expect: SCRIPT_ERROR|MEMORY_LIMIT|ok|CPU_LIMIT
local t = {}
for i = 1, 2e5 do t[i] = i end
return #string.format(("%d"):rep(2e5), table.unpack(t))

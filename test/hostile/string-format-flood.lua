-- expect: MEMORY_LIMIT|CPU_LIMIT
local s = ("x"):rep(1e6)
local f = ("%s"):rep(200)
local args = {}
for i = 1, 200 do args[i] = s end
return #f:format(table.unpack(args))

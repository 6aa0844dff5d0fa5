-- expect: MEMORY_LIMIT|CPU_LIMIT|SCRIPT_ERROR
local s = ("x"):rep(9e5)
local t = {}
while true do t[#t + 1] = { s:byte(1, -1) } end

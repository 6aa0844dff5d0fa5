-- expect: MEMORY_LIMIT|CPU_LIMIT
local t = {}
while true do t[#t + 1] = os.date(("%c"):rep(1e4)) end

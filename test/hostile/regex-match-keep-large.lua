-- expect: MEMORY_LIMIT|CPU_LIMIT
local s, t = ("1"):rep(2e7), {}
for i = 1, 1e6 do t[i] = regex.match(s, ".*")[1] end

-- expect: MEMORY_LIMIT|CPU_LIMIT
local t = { ("x"):rep(100) }
for i = 1, 6 do local u = {} for j = 1, 30 do u[j] = t end t = u end
json.encode(t)

-- expect: CPU_LIMIT
-- Most of the work is the host's, between the tasks.
local t = {}
for i = 1, 1000 do t[i] = i end
while true do parallel.map(t, function() end, { limit = 1000 }) end

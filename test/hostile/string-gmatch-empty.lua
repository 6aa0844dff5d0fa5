-- expect: CPU_LIMIT
local n = 0
while true do for _ in (("x"):rep(1000)):gmatch("") do n = n + 1 end end

-- expect: CPU_LIMIT
while true do math.random(1, 2^31 - 1) end

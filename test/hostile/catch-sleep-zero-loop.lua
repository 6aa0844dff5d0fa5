-- expect: CPU_LIMIT|TIMEOUT
-- timeout: 3
while true do sleep(0) end

-- expect: CPU_LIMIT|MEMORY_LIMIT
while true do parallel.all { function() return 1 end } end

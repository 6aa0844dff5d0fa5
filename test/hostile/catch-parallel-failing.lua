-- expect: CPU_LIMIT|MEMORY_LIMIT
while true do pcall(parallel.all, { function() error() end, function() sleep(1) end }) end

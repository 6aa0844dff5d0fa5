-- expect: CPU_LIMIT|MEMORY_LIMIT
xpcall(error, function() local t = {} while true do t[#t + 1] = {} end end)

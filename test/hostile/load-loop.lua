-- expect: CPU_LIMIT|MEMORY_LIMIT
while true do load("return function() return {1, 2, 3} end")() end

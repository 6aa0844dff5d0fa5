-- expect: CPU_LIMIT|MEMORY_LIMIT
load(function() return "x = 1 " end)

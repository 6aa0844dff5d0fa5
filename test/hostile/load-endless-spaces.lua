-- expect: CPU_LIMIT|MEMORY_LIMIT
load(function() return "      " end)

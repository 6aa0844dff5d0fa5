-- expect: CPU_LIMIT
repeat local x = 1 until false

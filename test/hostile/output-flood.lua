-- expect: CPU_LIMIT|MEMORY_LIMIT|ok
while true do print("x") end

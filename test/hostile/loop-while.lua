-- expect: CPU_LIMIT
while true do end

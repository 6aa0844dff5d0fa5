-- expect: CPU_LIMIT
for i = 1, math.huge do end

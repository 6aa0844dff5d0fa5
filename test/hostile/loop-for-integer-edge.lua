-- expect: CPU_LIMIT
for i = -2^53, 2^53 do end

-- expect: CPU_LIMIT|MEMORY_LIMIT
for i = 1, 1e7 do regex.match("x", ("a"):rep(1000) .. i) end

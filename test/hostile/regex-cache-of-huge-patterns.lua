-- expect: CPU_LIMIT|MEMORY_LIMIT|SCRIPT_ERROR
for i = 1, 1e7 do pcall(regex.match, "x", ("a"):rep(1e6) .. i) end

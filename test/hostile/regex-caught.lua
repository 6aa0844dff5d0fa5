-- expect: CPU_LIMIT
while true do pcall(regex.match, ("a"):rep(50) .. "b", "^(a+)+$") end

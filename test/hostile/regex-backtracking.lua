-- expect: CPU_LIMIT
return regex.match(("a"):rep(50) .. "b", "^(a+)+$")

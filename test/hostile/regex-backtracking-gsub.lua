-- expect: CPU_LIMIT
return regex.gsub(("a"):rep(50) .. "b", "^(a|aa)+$", "x")

-- expect: CPU_LIMIT
return string.find(("a"):rep(40), ("a-"):rep(20) .. "b")

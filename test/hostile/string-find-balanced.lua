-- expect: CPU_LIMIT|ok
return string.find(("("):rep(3e5), "%b()")

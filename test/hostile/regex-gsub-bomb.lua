-- expect: MEMORY_LIMIT
return #regex.gsub(("x"):rep(5e5), "x", ("y"):rep(1000))

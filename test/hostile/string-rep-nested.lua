-- expect: MEMORY_LIMIT
return #((("x"):rep(1e4)):rep(1e4)):rep(1e4)

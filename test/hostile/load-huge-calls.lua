-- expect: MEMORY_LIMIT
return load(("f()\n"):rep(5e6)) ~= nil

-- expect: MEMORY_LIMIT|SCRIPT_ERROR
return #string.rep("", 2^30, ("s"):rep(1000))

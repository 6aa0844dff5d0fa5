-- expect: MEMORY_LIMIT|SCRIPT_ERROR
return #string.rep("x", math.huge)

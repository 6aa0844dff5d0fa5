-- expect: MEMORY_LIMIT|SCRIPT_ERROR
return #string.rep("xxxx", 2^53)

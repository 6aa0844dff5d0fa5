-- expect: SCRIPT_ERROR
pcall(error, "x", 2^31) pcall(error, "x", -2^53)
error("x", 1e9)

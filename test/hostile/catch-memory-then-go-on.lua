-- expect: MEMORY_LIMIT
pcall(string.rep, "x", 2^31 - 1)
while true do end

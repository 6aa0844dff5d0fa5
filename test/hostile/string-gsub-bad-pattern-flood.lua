-- expect: CPU_LIMIT
while true do pcall(string.gsub, "x", "%", "x") pcall(string.find, "x", "[") pcall(string.gsub, "x", "(", "") end

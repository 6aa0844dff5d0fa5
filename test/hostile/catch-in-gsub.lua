-- expect: CPU_LIMIT
while true do pcall(string.gsub, "xxx", "x", function() pcall(function() while true do end end) end) end

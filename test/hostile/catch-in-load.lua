-- expect: CPU_LIMIT
while true do pcall(load, function() pcall(function() while true do end end) return " " end) end

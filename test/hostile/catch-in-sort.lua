-- expect: CPU_LIMIT
while true do pcall(table.sort, { 3, 2, 1 }, function() pcall(function() while true do end end) return false end) end

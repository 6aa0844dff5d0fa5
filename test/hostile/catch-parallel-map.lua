-- expect: CPU_LIMIT
while true do pcall(parallel.map, { 1, 2, 3 }, function() while true do end end, { settle = true }) end

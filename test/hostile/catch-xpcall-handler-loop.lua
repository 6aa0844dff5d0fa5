-- expect: CPU_LIMIT
xpcall(error, function() while true do end end)

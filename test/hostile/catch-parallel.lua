-- expect: CPU_LIMIT
while true do parallel.all({ function() while true do pcall(function() while true do end end) end end }, { settle = true }) end

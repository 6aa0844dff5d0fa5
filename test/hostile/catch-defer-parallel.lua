-- expect: CPU_LIMIT|TIMEOUT|MEMORY_LIMIT
-- deferred
defer(function() while true do pcall(parallel.all, { function() while true do end end }) end end)

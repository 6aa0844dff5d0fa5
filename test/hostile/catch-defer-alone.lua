-- expect: CPU_LIMIT|TIMEOUT
-- deferred
defer(function() while true do end end)

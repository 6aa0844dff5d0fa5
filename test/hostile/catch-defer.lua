-- expect: CPU_LIMIT
-- deferred
defer(function() while true do pcall(function() while true do end end) end end)
while true do end

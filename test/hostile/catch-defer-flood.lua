-- expect: MEMORY_LIMIT|CPU_LIMIT
-- deferred
while true do defer(function() end) end

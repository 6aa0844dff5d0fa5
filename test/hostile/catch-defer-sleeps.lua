-- expect: TIMEOUT
-- deferred
defer(function() sleep(3600) end)

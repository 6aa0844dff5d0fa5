-- expect: CPU_LIMIT|TIMEOUT|MEMORY_LIMIT
-- deferred
local function again() defer(again) end
again()

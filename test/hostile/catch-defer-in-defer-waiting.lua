-- expect: TIMEOUT
-- deferred
local function again() defer(again) sleep(0.01) end
again()

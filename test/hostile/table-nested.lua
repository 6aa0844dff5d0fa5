-- expect: MEMORY_LIMIT|CPU_LIMIT
local t = {}
while true do t = { t } end

-- expect: MEMORY_LIMIT|CPU_LIMIT
local t = {}
while true do local co = coroutine.create(error) coroutine.resume(co, {}) t[#t + 1] = co end

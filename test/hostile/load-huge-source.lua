-- expect: MEMORY_LIMIT|CPU_LIMIT
local source = ("x = 1 "):rep(6e6)
load(source)()

-- expect: ok|CPU_LIMIT|MEMORY_LIMIT
local s = ("9"):rep(5e6)
for i = 1, 1000 do tonumber(s) tonumber(s, 36) tonumber("0x" .. s) end

-- expect: MEMORY_LIMIT|CPU_LIMIT
local s, t = string.pack("s", ("x"):rep(2e7)), {}
for i = 1, 1e6 do t[i] = string.unpack("s", s) end

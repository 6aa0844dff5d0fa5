-- expect: CPU_LIMIT|MEMORY_LIMIT
local s = ("\u{10FFFF}"):rep(1e6)
while true do utf8.len(s) utf8.offset(s, -1) end

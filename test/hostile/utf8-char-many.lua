-- expect: SCRIPT_ERROR|ok|MEMORY_LIMIT|CPU_LIMIT
local t = {}
for i = 1, 2e5 do t[i] = 0x10FFFF end
return #utf8.char(table.unpack(t))

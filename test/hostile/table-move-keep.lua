-- expect: MEMORY_LIMIT|CPU_LIMIT
local t = { 1 }
for i = 1, 40 do table.move(t, 1, #t, #t + 1) end

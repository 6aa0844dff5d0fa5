-- expect: CPU_LIMIT
-- After a wait nothing but the watchdog sees this loop, which runs no Lua.
local t = setmetatable({}, { __len = function() sleep(0.001) return 2 ^ 31 end })
pcall(table.insert, t, 1, 1)

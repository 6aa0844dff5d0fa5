-- expect: SCRIPT_ERROR|MEMORY_LIMIT
local t = setmetatable({}, {})
for _ = 1, 500 do t = setmetatable({}, { __call = t }) end
t()

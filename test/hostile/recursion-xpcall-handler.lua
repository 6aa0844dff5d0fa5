-- expect: ok|SCRIPT_ERROR|MEMORY_LIMIT
local function h(e) error(e) end
return (tostring(select(2, xpcall(error, h, "x"))))

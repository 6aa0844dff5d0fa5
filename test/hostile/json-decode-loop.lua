-- expect: CPU_LIMIT|MEMORY_LIMIT
local text = json.encode({ a = { 1, 2, 3 } })
while true do json.decode(text) end

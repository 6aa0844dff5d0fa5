-- expect: SCRIPT_ERROR|ok|CPU_LIMIT|MEMORY_LIMIT
local parts = {}
for i = 1, 30000 do parts[i] = "do goto l" .. i .. " end" end
local f, why = load(table.concat(parts, " "))
return type(f)

-- expect: SCRIPT_ERROR|ok|CPU_LIMIT|MEMORY_LIMIT
local parts = {}
for i = 1, 20000 do parts[i] = "goto l" .. i .. " ::l" .. i .. "::" end
local f, why = load(table.concat(parts, " "))
return type(f)

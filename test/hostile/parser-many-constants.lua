-- expect: SCRIPT_ERROR|ok|MEMORY_LIMIT|CPU_LIMIT
local parts = {}
for i = 1, 3e5 do parts[i] = i + 0.5 end
local f, why = load("return {" .. table.concat(parts, ",") .. "}")
return type(f)

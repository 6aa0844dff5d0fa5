-- expect: SCRIPT_ERROR
local names = {}
for i = 1, 300 do names[i] = "l" .. i end
local f, why = load("local " .. table.concat(names, ","))
error(why)

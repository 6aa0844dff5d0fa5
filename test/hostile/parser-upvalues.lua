-- expect: SCRIPT_ERROR
local parts = {}
for level = 0, 1 do
  for i = 1, 150 do parts[#parts + 1] = ("local v%d_%d = 1 "):format(level, i) end
  parts[#parts + 1] = "local function f() "
end
for level = 0, 1 do for i = 1, 150 do parts[#parts + 1] = ("v%d_%d = 2 "):format(level, i) end end
local f, why = load(table.concat(parts) .. " end end")
error(why)

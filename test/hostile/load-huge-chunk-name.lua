-- expect: ok|SCRIPT_ERROR|MEMORY_LIMIT
local name = ("n"):rep(1e7)
for i = 1, 50 do
  local f, why = load("return return", name)
  local g = load("error('x')", "=" .. name)
  pcall(g)
end

-- expect: CPU_LIMIT
local mt = {}
for _, name in ipairs { "__add", "__eq", "__lt", "__le", "__concat", "__len", "__index", "__newindex", "__call" } do
  mt[name] = function() while true do end end
end
local a, b = setmetatable({}, mt), setmetatable({}, mt)
pcall(function() return a + b end)
pcall(function() return a < b end)
return a == b

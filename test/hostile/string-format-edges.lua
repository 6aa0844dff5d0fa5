-- expect: ok
local out = {}
for _, f in ipairs { "%99.99f", "%-99.99e", "%+99.99g", "%099.99f", "%a", "%99.99s", "%99d", "%-99c", "%#99x", "%.99d" } do
  for _, v in ipairs { 0, -1, 1e308, -1e-308, 5e-324, 1 / 0, -1 / 0, 0 / 0, 2^53, 65 } do
    local ok, text = pcall(string.format, f, v)
    out[#out + 1] = #text
  end
end
return #out

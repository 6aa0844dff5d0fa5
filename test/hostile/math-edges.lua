-- expect: ok
local n = 0
for name, f in pairs(math) do
  if type(f) == "function" and name ~= "randomseed" then
    for _, a in ipairs { 0, -0.0, 1 / 0, -1 / 0, 0 / 0, 2^53, -2^31, "x", "0x10" } do
      for _, b in ipairs { 0, -1, 0 / 0, 2^63, -2^63 } do
        local ok, why = pcall(f, a, b)
        n = n + 1
      end
    end
  end
end
return n > 100

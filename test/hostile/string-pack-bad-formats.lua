-- expect: ok
local seen = 0
for _, f in ipairs { "i17", "i0", "!17", "c", "s99", "Xz", "X", "!", ">>>>", "\0", "j", "T", "z", ("!16Xi16"):rep(100) } do
  for _, g in ipairs { string.pack, string.packsize, string.unpack } do
    local ok, why = pcall(g, f, "x", "x", 1)
    if not ok then seen = seen + 1 end
  end
end
return seen > 10

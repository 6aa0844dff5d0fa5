-- expect: ok
local n = 0
for i = 1, 2000 do
  local f = {}
  for j = 1, 8 do f[j] = string.char((i * 31 + j * 17) % 96 + 32) end
  if pcall(string.unpack, table.concat(f), ("x"):rep(64), (i % 80) - 40) then n = n + 1 end
end
return n >= 0

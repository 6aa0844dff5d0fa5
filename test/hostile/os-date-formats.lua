-- expect: ok
local n = 0
for byte = 0, 255 do
  for _, time in ipairs { 0, -2^53, 2^53, 1e17, 0 / 0, 1 / 0 } do
    pcall(os.date, "%" .. string.char(byte), time)
    pcall(os.date, "!%E" .. string.char(byte), time)
    n = n + 1
  end
end
return n

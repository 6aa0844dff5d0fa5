-- CRC-32 with a table.
local crcs = {}
for i = 0, 255 do
  local c = i
  for _ = 1, 8 do if c % 2 == 1 then c = (c // 2 ~ 0xEDB88320) % 4294967296 else c = c // 2 end end
  crcs[i] = c
end
local function crc32(s)
  local c = 0xFFFFFFFF
  for i = 1, #s do c = (crcs[(c % 256 ~ s:byte(i))] ~ c // 256) % 4294967296 end
  return (c ~ 0xFFFFFFFF) % 4294967296
end
assert(crc32("123456789") == 0xCBF43926)
for _, s in ipairs { "", "a", "123456789", "The quick brown fox" } do print(("%08x"):format(crc32(s))) end

-- Checksums that multiply without leaving 53 bits.
local function adler32(s)
  local a, b = 1, 0
  for i = 1, #s do a = (a + s:byte(i)) % 65521 b = (b + a) % 65521 end
  return b * 65536 + a
end
local function fnv1a(s)
  local h = 2166136261
  for i = 1, #s do
    local low = h % 256 ~ s:byte(i)
    h = h - h % 256 + low
    h = (h * 403 + (h % 256) * 16777216) % 4294967296
  end
  return h
end
assert(adler32("Wikipedia") == 0x11E60398 and fnv1a("a") == 0xE40C292C)
for _, s in ipairs { "", "a", "foobar", ("xyz"):rep(50) } do print(("%08x %08x"):format(adler32(s), fnv1a(s))) end

-- Base64 both ways, with the vectors of RFC 4648.
local alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
local function encode(s)
  local out = {}
  for i = 1, #s, 3 do
    local a, b, c = s:byte(i, i + 2)
    local n = a * 65536 + (b or 0) * 256 + (c or 0)
    for k = 3, 0, -1 do
      local d = n // 64 ^ k % 64 + 1
      d = math.floor(d)
      out[#out + 1] = (k == 0 and not c or k == 1 and not b) and "=" or alphabet:sub(d, d)
    end
  end
  return table.concat(out)
end
local function decode(s)
  local out = {}
  for a, b, c, d in s:gmatch("(.)(.)(.)(.)") do
    local n = 0
    for _, x in ipairs { a, b, c, d } do n = n * 64 + (x == "=" and 0 or alphabet:find(x, 1, true) - 1) end
    out[#out + 1] = string.char(n // 65536, n // 256 % 256, n % 256):sub(1, c == "=" and 1 or d == "=" and 2 or 3)
  end
  return table.concat(out)
end
for _, s in ipairs { "", "f", "fo", "foo", "foob", "fooba", "foobar", "\0\255\128" } do
  local e = encode(s)
  assert(decode(e) == s)
  print(e)
end

-- MessagePack with string.pack: all widths, and the edges that 53 bits hold.
local pack, unpack = string.pack, string.unpack
local function encode(v)
  if v == nil then return "\xc0" elseif v == true then return "\xc3" elseif v == false then return "\xc2" end
  if type(v) == "number" then
    if v % 1 ~= 0 then return pack(">Bd", 0xcb, v) end
    if v >= 0 then
      if v < 128 then return pack("B", v) elseif v < 256 then return pack("BB", 0xcc, v) elseif v < 65536 then return pack(">BI2", 0xcd, v)
      elseif v < 4294967296 then return pack(">BI4", 0xce, v) end
      return pack(">BI8", 0xcf, v)
    end
    if v >= -32 then return pack("b", v) elseif v >= -128 then return pack("Bb", 0xd0, v) elseif v >= -32768 then return pack(">Bi2", 0xd1, v)
    elseif v >= -2147483648 then return pack(">Bi4", 0xd2, v) end
    return pack(">Bi8", 0xd3, v)
  elseif type(v) == "string" then
    if #v < 32 then return pack("B", 0xa0 + #v) .. v elseif #v < 256 then return pack("Bs1", 0xd9, v) end
    return pack(">Bs2", 0xda, v)
  end
  local out = { pack("B", 0x90 + #v) }
  for i = 1, #v do out[#out + 1] = encode(v[i]) end
  return table.concat(out)
end
local formats = { [0xcc] = ">B", [0xcd] = ">I2", [0xce] = ">I4", [0xcf] = ">I8", [0xd0] = ">b", [0xd1] = ">i2", [0xd2] = ">i4", [0xd3] = ">i8", [0xcb] = ">d", [0xd9] = ">s1", [0xda] = ">s2" }
local function decode(s, at)
  local tag = s:byte(at)
  if tag < 0x80 then return tag, at + 1 elseif tag >= 0xe0 then return tag - 256, at + 1
  elseif tag >= 0xa0 and tag < 0xc0 then return s:sub(at + 1, at + tag - 0xa0), at + 1 + tag - 0xa0
  elseif tag >= 0x90 and tag < 0xa0 then
    local t = {}
    at = at + 1
    for i = 1, tag - 0x90 do t[i], at = decode(s, at) end
    return t, at
  elseif tag == 0xc2 then return false, at + 1 elseif tag == 0xc3 then return true, at + 1 end
  return unpack(formats[tag], s, at + 1)
end
local function hex(s) return (s:gsub(".", function(c) return string.format("%02x", c:byte()) end)) end
local edges = { 0, 127, 128, 255, 256, 65535, 65536, 4294967295, 4294967296, 9007199254740991, -1, -32, -33, -128, -129, -32768, -32769, -2147483648, -2147483649, -9007199254740991, 0.5, -1.25 }
for _, v in ipairs(edges) do
  local bytes = encode(v)
  assert(decode(bytes, 1) == v, bytes)
  print(hex(bytes))
end
print(hex(encode { "a", true, false, { 1, "bb" } }), #encode(("x"):rep(300)))

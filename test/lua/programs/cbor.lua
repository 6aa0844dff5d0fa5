-- CBOR (RFC 8949): integers, texts, arrays, maps with ordered pairs.
local function head(major, n)
  local m = major * 32
  if n < 24 then return string.pack("B", m + n) elseif n < 256 then return string.pack("BB", m + 24, n)
  elseif n < 65536 then return string.pack(">BI2", m + 25, n) elseif n < 4294967296 then return string.pack(">BI4", m + 26, n) end
  return string.pack(">BI8", m + 27, n)
end
local function encode(v)
  if type(v) == "number" then
    if v % 1 ~= 0 then return string.pack(">Bd", 0xfb, v) end
    return v >= 0 and head(0, v) or head(1, -1 - v)
  elseif type(v) == "string" then return head(3, #v) .. v
  elseif type(v) == "boolean" then return v and "\xf5" or "\xf4" end
  local out = {}
  if v.pairs then
    for i, p in ipairs(v.pairs) do out[i] = encode(p[1]) .. encode(p[2]) end
    return head(5, #v.pairs) .. table.concat(out)
  end
  for i, x in ipairs(v) do out[i] = encode(x) end
  return head(4, #v) .. table.concat(out)
end
local function hex(s) return (s:gsub(".", function(c) return ("%02x"):format(c:byte()) end)) end
-- RFC 8949, appendix A.
local vectors = { { 0, "00" }, { 23, "17" }, { 24, "1818" }, { 100, "1864" }, { 1000, "1903e8" }, { 1000000, "1a000f4240" }, { 1000000000000, "1b000000e8d4a51000" }, { -1, "20" }, { -100, "3863" }, { 1.1, "fb3ff199999999999a" }, { "IETF", "6449455446" }, { { 1, 2, 3 }, "83010203" }, { true, "f5" } }
for _, v in ipairs(vectors) do assert(hex(encode(v[1])) == v[2], v[2]) print(v[2]) end
print(hex(encode { pairs = { { "a", 1 }, { "b", { 2, 3 } } } }))

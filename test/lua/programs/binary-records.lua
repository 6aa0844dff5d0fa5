-- Records of bytes with string.pack.
local function hex(s) return (s:gsub(".", function(c) return ("%02x"):format(c:byte()) end)) end
local header = string.pack("<c4I2I4z", "KMSO", 7, 123456, "name")
print(hex(header), #header, string.packsize("<c4I2I4"))
local magic, version, size, name, after = string.unpack("<c4I2I4z", header)
assert(magic == "KMSO" and after == #header + 1)
print(magic, version, size, name, after)
print(hex(string.pack(">i2i3i4", -2, -3, -4)), string.unpack(">i2i3i4", string.pack(">i2i3i4", -2, -3, -4)))
print(hex(string.pack(">s1s2", "ab", "c")), string.unpack(">s1s2", string.pack(">s1s2", "ab", "c")))
print(hex(string.pack("<d", 0.1)), hex(string.pack(">f", 0.5)), string.unpack("<d", string.pack("<d", 0.1)))
print(hex(string.pack("!4 i1 i4", 1, 2)), hex(string.pack("<i1 x i1", 1, 2)), pcall(string.unpack, "<I4", "abc"))

-- Text of more than one byte a character.
local s = "aé€😀"
print(#s, utf8.len(s), utf8.codepoint(s, 1, -1))
for p, c in utf8.codes(s) do print(p, c, utf8.char(c), utf8.offset(s, 2, p)) end
print(utf8.len("\xff"), utf8.len("a\x80"), utf8.char(72, 228, 8364, 128512), utf8.offset(s, 3), utf8.offset(s, -1), utf8.charpattern)
print(pcall(utf8.codepoint, "\xff")) print(pcall(utf8.len, s, 20))
local function reverse(x) local t = {} for _, c in utf8.codes(x) do table.insert(t, 1, utf8.char(c)) end return table.concat(t) end
assert(reverse(reverse(s)) == s)
print(reverse(s), (s:gsub(utf8.charpattern, "[%0]")))

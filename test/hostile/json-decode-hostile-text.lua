-- expect: ok
local n = 0
for _, text in ipairs { "", " ", "[", "{", "{\"", "\0", "\xff", "nul", "[1,]", "{\"a\"}", "\"\\u12\"", "\"\\ud800\"", "1.", "-", "+1", "0x1", "NaN", ("[1,"):rep(1000) } do if not pcall(json.decode, text) then n = n + 1 end end
return n

-- expect: ok
local n = 0
for _, p in ipairs { "(", ")", "[", "\\", "(?<", "(?P<", "(?P<__proto__>x)", "(?<constructor>x)", "\\k<a>", "{1}", "a{99999999999}", "\\u{110000}", "(?i", "/x/q", "/x/gggg", "(*F)", "\0", "[z-a]" } do local ok = pcall(regex.match, "x", p) n = n + 1 end
return n

-- Numbers in Roman, both ways.
local map = { { 1000, "M" }, { 900, "CM" }, { 500, "D" }, { 400, "CD" }, { 100, "C" }, { 90, "XC" }, { 50, "L" }, { 40, "XL" }, { 10, "X" }, { 9, "IX" }, { 5, "V" }, { 4, "IV" }, { 1, "I" } }
local function to(n) local s = "" for _, m in ipairs(map) do while n >= m[1] do s = s .. m[2] n = n - m[1] end end return s end
local function from(s) local n, at = 0, 1 for _, m in ipairs(map) do while s:sub(at, at + #m[2] - 1) == m[2] do n = n + m[1] at = at + #m[2] end end return n end
for i = 1, 3999 do assert(from(to(i)) == i) end
print(to(1), to(4), to(1994), to(2024), to(3999), from("MMXXVI"))

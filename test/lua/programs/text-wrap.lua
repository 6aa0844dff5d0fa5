-- Wrapping, indenting, aligning.
local function wrap(s, width)
  local lines, line = {}, ""
  for word in s:gmatch("%S+") do
    if #line + #word + 1 > width and line ~= "" then lines[#lines + 1] = line line = word
    else line = line == "" and word or line .. " " .. word end
  end
  lines[#lines + 1] = line
  return lines
end
local text = "The quick brown fox jumps over the lazy dog, and then it sleeps in the sun for the rest of the day."
for _, l in ipairs(wrap(text, 30)) do assert(#l <= 30) print(("|%-30s|%30s|"):format(l, l)) end
print(("%5.1f|%-8s|%+d|%05d|%x|%X|%o|%c|%e|%g"):format(3.14159, "left", 7, 42, 255, 255, 8, 65, 12345.678, 0.0001))
print(("%q"):format('a "quote"\n\0end'), ("%10.4s|"):format("truncated"), ("%%"):format())

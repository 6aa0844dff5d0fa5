-- Two compressions.
local function rle(s) return (s:gsub("((.)%2*)", function(run, c) return #run .. c end)) end
local function expand(s) return (s:gsub("(%d+)(%D)", function(n, c) return c:rep(tonumber(n)) end)) end
local s = "aaabccddddde"
assert(expand(rle(s)) == s)
print(rle(s))
local function lzw(text)
  local dict, size, w, out = {}, 256, "", {}
  for i = 0, 255 do dict[string.char(i)] = i end
  for c in text:gmatch(".") do
    if dict[w .. c] then w = w .. c
    else out[#out + 1] = dict[w] dict[w .. c] = size size = size + 1 w = c end
  end
  if w ~= "" then out[#out + 1] = dict[w] end
  return out
end
print(table.concat(lzw("TOBEORNOTTOBEORTOBEORNOT"), " "))

-- Dynamic programming.
local function distance(a, b)
  local d = {}
  for i = 0, #a do d[i] = { [0] = i } end
  for j = 0, #b do d[0][j] = j end
  for i = 1, #a do for j = 1, #b do
    d[i][j] = math.min(d[i - 1][j] + 1, d[i][j - 1] + 1, d[i - 1][j - 1] + (a:sub(i, i) == b:sub(j, j) and 0 or 1))
  end end
  return d[#a][#b]
end
assert(distance("kitten", "sitting") == 3)
print(distance("kitten", "sitting"), distance("", "abc"), distance("flaw", "lawn"))
local items, best = { { 12, 4 }, { 2, 2 }, { 1, 1 }, { 4, 10 }, { 1, 2 } }, {}
for w = 0, 15 do best[w] = 0 end
for _, it in ipairs(items) do for w = 15, it[1], -1 do best[w] = math.max(best[w], best[w - it[1]] + it[2]) end end
print(best[15], best[5])
local function lcs(a, b) if a == "" or b == "" then return "" end if a:sub(1, 1) == b:sub(1, 1) then return a:sub(1, 1) .. lcs(a:sub(2), b:sub(2)) end local x, y = lcs(a:sub(2), b), lcs(a, b:sub(2)) return #x >= #y and x or y end
print(lcs("AGGTAB", "GXTXAYB"))

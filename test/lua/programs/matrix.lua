-- Matrices with operators and exact fractions.
local function gcd(a, b) while b ~= 0 do a, b = b, a % b end return a end
local Q = {}
Q.__index = Q
local function q(n, d) d = d or 1 if d < 0 then n, d = -n, -d end local g = gcd(math.abs(n), d) return setmetatable({ n = n // g, d = d // g }, Q) end
Q.__add = function(a, b) return q(a.n * b.d + b.n * a.d, a.d * b.d) end
Q.__sub = function(a, b) return q(a.n * b.d - b.n * a.d, a.d * b.d) end
Q.__mul = function(a, b) return q(a.n * b.n, a.d * b.d) end
Q.__div = function(a, b) return q(a.n * b.d, a.d * b.n) end
Q.__tostring = function(a) return a.d == 1 and tostring(a.n) or a.n .. "/" .. a.d end
local function inverse(m)
  local n = #m
  for i = 1, n do for j = 1, n do m[i][n + j] = q(i == j and 1 or 0) end end
  for i = 1, n do
    local p = i
    while m[p][i].n == 0 do p = p + 1 end
    m[i], m[p] = m[p], m[i]
    local pivot = m[i][i]
    for j = 1, 2 * n do m[i][j] = m[i][j] / pivot end
    for r = 1, n do if r ~= i then local f = m[r][i] for j = 1, 2 * n do m[r][j] = m[r][j] - f * m[i][j] end end end
  end
end
local m = { { q(2), q(1), q(1) }, { q(1), q(3), q(2) }, { q(1), q(0), q(0) } }
inverse(m)
assert(tostring(m[1][1]) == "1")
for i = 1, 3 do
  local row = {}
  for j = 4, 6 do row[#row + 1] = tostring(m[i][j]) end
  print(table.concat(row, " "))
end

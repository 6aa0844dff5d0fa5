-- Five sorts agree with table.sort.
local function copy(t) return { table.unpack(t) } end
local seed = 42
local function random(n) seed = seed * 16807 % 2147483647 return seed % n + 1 end
local sorts = {}
function sorts.insertion(t) for i = 2, #t do local x, j = t[i], i - 1 while j > 0 and t[j] > x do t[j + 1] = t[j] j = j - 1 end t[j + 1] = x end end
function sorts.selection(t) for i = 1, #t do local m = i for j = i + 1, #t do if t[j] < t[m] then m = j end end t[i], t[m] = t[m], t[i] end end
function sorts.heap(t)
  local function sift(i, n)
    while true do
      local c = 2 * i
      if c > n then return end
      if c < n and t[c + 1] > t[c] then c = c + 1 end
      if t[i] >= t[c] then return end
      t[i], t[c] = t[c], t[i]
      i = c
    end
  end
  for i = #t // 2, 1, -1 do sift(i, #t) end
  for n = #t, 2, -1 do t[1], t[n] = t[n], t[1] sift(1, n - 1) end
end
function sorts.merge(t)
  if #t < 2 then return end
  local m = #t // 2
  local a, b = { table.unpack(t, 1, m) }, { table.unpack(t, m + 1) }
  sorts.merge(a) sorts.merge(b)
  local i, j = 1, 1
  for k = 1, #t do if j > #b or i <= #a and a[i] <= b[j] then t[k] = a[i] i = i + 1 else t[k] = b[j] j = j + 1 end end
end
local data = {}
for i = 1, 100 do data[i] = random(1000) end
local expected = copy(data)
table.sort(expected)
for _, name in ipairs { "heap", "insertion", "merge", "selection" } do
  local t = copy(data)
  sorts[name](t)
  assert(table.concat(t, ",") == table.concat(expected, ","), name)
  print(name, t[1], t[50], t[100])
end
table.sort(data, function(a, b) return a > b end)
print(data[1], data[100])

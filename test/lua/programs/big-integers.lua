-- Integers of any size in base 10^6.
local BASE = 1000000
local function new(n) local t = {} repeat t[#t + 1] = n % BASE n = n // BASE until n == 0 return t end
local function mul(a, b)
  local r = {}
  for i = 1, #a do
    local carry = 0
    for j = 1, #b do
      local v = (r[i + j - 1] or 0) + a[i] * b[j] + carry
      r[i + j - 1] = v % BASE
      carry = v // BASE
    end
    if carry > 0 then r[i + #b] = (r[i + #b] or 0) + carry end
  end
  return r
end
local function add(a, b)
  local r, carry = {}, 0
  for i = 1, math.max(#a, #b) do local v = (a[i] or 0) + (b[i] or 0) + carry r[i] = v % BASE carry = v // BASE end
  if carry > 0 then r[#r + 1] = carry end
  return r
end
local function show(a) local out = { tostring(a[#a]) } for i = #a - 1, 1, -1 do out[#out + 1] = ("%06d"):format(a[i]) end return table.concat(out) end
local f = new(1)
for i = 2, 50 do f = mul(f, new(i)) end
print(show(f))
local a, b = new(0), new(1)
for _ = 1, 200 do a, b = b, add(a, b) end
assert(show(a) == "280571172992510140037611932413038677189525")
print(show(a))

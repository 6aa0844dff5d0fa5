-- SHA-256 with 32-bit arithmetic only (no bit operator sees more than 32 bits).
local M = 4294967296
local function band(a, b) return ((a % M) & (b % M)) % M end
local function bxor(a, b) return ((a % M) ~ (b % M)) % M end
local function bnot(a) return M - 1 - a end
local function rshift(a, n) return a // (1 << n) end
local function rrotate(a, n) local p = math.tointeger(2 ^ n) return (a // p + a % p * math.tointeger(2 ^ (32 - n))) % M end
local k, h0, primes = {}, {}, {}
local n = 2
while #primes < 64 do
  local prime = true
  for _, p in ipairs(primes) do if n % p == 0 then prime = false break end end
  if prime then primes[#primes + 1] = n end
  n = n + 1
end
for i, p in ipairs(primes) do
  k[i] = math.tointeger(math.floor((p ^ (1 / 3) % 1) * M))
  if i <= 8 then h0[i] = math.tointeger(math.floor((p ^ 0.5 % 1) * M)) end
end
local function sha256(s)
  local h = { table.unpack(h0) }
  local message = s .. "\128" .. ("\0"):rep((55 - #s) % 64) .. string.pack(">I8", #s * 8)
  for chunk = 1, #message, 64 do
    local w = { string.unpack(">I4I4I4I4I4I4I4I4I4I4I4I4I4I4I4I4", message, chunk) }
    for i = 17, 64 do
      local a, b = w[i - 15], w[i - 2]
      local s0 = bxor(bxor(rrotate(a, 7), rrotate(a, 18)), rshift(a, 3))
      local s1 = bxor(bxor(rrotate(b, 17), rrotate(b, 19)), rshift(b, 10))
      w[i] = (w[i - 16] + s0 + w[i - 7] + s1) % M
    end
    local a, b, c, d, e, f, g, hh = table.unpack(h)
    for i = 1, 64 do
      local s1 = bxor(bxor(rrotate(e, 6), rrotate(e, 11)), rrotate(e, 25))
      local t1 = (hh + s1 + bxor(band(e, f), band(bnot(e), g)) + k[i] + w[i]) % M
      local s0 = bxor(bxor(rrotate(a, 2), rrotate(a, 13)), rrotate(a, 22))
      local t2 = (s0 + bxor(bxor(band(a, b), band(a, c)), band(b, c))) % M
      hh, g, f, e, d, c, b, a = g, f, e, (d + t1) % M, c, b, a, (t1 + t2) % M
    end
    for i, v in ipairs { a, b, c, d, e, f, g, hh } do h[i] = (h[i] + v) % M end
  end
  return (("%08x"):rep(8)):format(table.unpack(h))
end
assert(sha256("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
for _, s in ipairs { "", "abc", ("a"):rep(200) } do print(sha256(s)) end

-- Sieve, greatest divisors, powers modulo, bases.
local sieve, primes = {}, {}
for i = 2, 2000 do
  if not sieve[i] then primes[#primes + 1] = i for j = i * i, 2000, i do sieve[j] = true end end
end
local function power(b, e, m) local r = 1 b = b % m while e > 0 do if e % 2 == 1 then r = r * b % m end b = b * b % m e = e // 2 end return r end
local function base(n, b) local s = "" repeat s = ("0123456789abcdefghijklmnopqrstuvwxyz"):sub(n % b + 1, n % b + 1) .. s n = n // b until n == 0 return s end
assert(#primes == 303 and power(3, 200, 1000007) == power(9, 100, 1000007))
print(#primes, primes[#primes], power(2, 1000000, 999983), base(123456789, 36), tonumber("21i3v9", 36))
print(7 // 2, -7 // 2, 7 // -2, 7 % 3, -7 % 3, 7 % -3, 5 // 2 + 0.5, -5 % 0.75, math.fmod(-7, 3) < 0, 2 ^ 0.5 > 1.41)
print(math.max(3, 9, 2), math.min(3, 9, 2), math.abs(-4), math.floor(-3.5), math.ceil(-3.5), math.tointeger(8), math.ult(1, 2))

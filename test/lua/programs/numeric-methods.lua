-- Newton, Simpson, a random walk with a generator of its own.
local function newton(f, d, x) for _ = 1, 50 do x = x - f(x) / d(x) end return x end
local root = newton(function(x) return x * x - 2 end, function(x) return 2 * x end, 1.5)
local function simpson(f, a, b, n) local h, s = (b - a) / n, f(a) + f(b) for i = 1, n - 1 do s = s + f(a + i * h) * (i % 2 == 1 and 4 or 2) end return s * h / 3 end
assert(math.abs(root * root - 2) < 1e-12)
print(("%.10f %.8f %.8f"):format(root, simpson(math.sin, 0, math.pi, 100), simpson(function(x) return x ^ 3 end, 0, 2, 10)))
local seed = 12345
local function random() seed = seed * 16807 % 2147483647 return seed / 2147483647 end
local sum, hits = 0, 0
for _ = 1, 5000 do local x, y = random(), random() sum = sum + x if x * x + y * y < 1 then hits = hits + 1 end end
print(("%.6f %d"):format(sum / 5000, hits))
print(("%.6f %.6f %.6f %.6f"):format(math.exp(1), math.log(10), math.log(8, 2), math.atan(1, 2)), 1 / 0, -1 / 0, 0.1 + 0.2 == 0.3, 1e300 * 1e10 == math.huge)

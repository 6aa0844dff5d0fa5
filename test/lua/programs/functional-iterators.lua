-- Lazy iterators in the way of a functional library.
local Iter = {}
Iter.__index = Iter
local function iter(step) return setmetatable({ step = step }, Iter) end
local function range(a, b) local i = a - 1 return iter(function() i = i + 1 if i <= b then return i end end) end
function Iter:map(f) return iter(function() local v = self.step() if v ~= nil then return f(v) end end) end
function Iter:filter(f) return iter(function() while true do local v = self.step() if v == nil or f(v) then return v end end end) end
function Iter:take(n) return iter(function() if n > 0 then n = n - 1 return self.step() end end) end
function Iter:zip(o) return iter(function() local a, b = self.step(), o.step() if a ~= nil and b ~= nil then return a .. ":" .. b end end) end
function Iter:fold(f, z) for v in self.step do z = f(z, v) end return z end
function Iter:list() return self:fold(function(t, v) t[#t + 1] = v return t end, {}) end
assert(range(1, 10):filter(function(x) return x % 2 == 0 end):fold(function(a, b) return a + b end, 0) == 30)
print(table.concat(range(1, 1000000):map(function(x) return x * x end):filter(function(x) return x % 3 == 1 end):take(6):list(), " "))
print(table.concat(range(1, 3):zip(range(4, 9)):list(), " "))

-- Sets with operators.
local Set = {}
Set.__index = Set
local function set(list) local s = setmetatable({ items = {} }, Set) for _, v in ipairs(list) do s.items[v] = true end return s end
function Set:list() local t = {} for v in pairs(self.items) do t[#t + 1] = v end table.sort(t) return t end
Set.__add = function(a, b) local s = set(a:list()) for v in pairs(b.items) do s.items[v] = true end return s end
Set.__mul = function(a, b) local s = set {} for v in pairs(a.items) do if b.items[v] then s.items[v] = true end end return s end
Set.__sub = function(a, b) local s = set {} for v in pairs(a.items) do if not b.items[v] then s.items[v] = true end end return s end
Set.__le = function(a, b) for v in pairs(a.items) do if not b.items[v] then return false end end return true end
Set.__lt = function(a, b) return a <= b and not (b <= a) end
Set.__eq = function(a, b) return a <= b and b <= a end
Set.__tostring = function(s) return "{" .. table.concat(s:list(), " ") .. "}" end
local a, b = set { 1, 2, 3, 4 }, set { 3, 4, 5 }
assert(a * b == set { 4, 3 } and a * b < a and not (a <= b))
print(tostring(a + b), tostring(a * b), tostring(a - b))

-- Classes with mixins and metamethods that are inherited.
local Comparable = { max = function(a, b) if a < b then return b end return a end }
local Printable = { show = function(self) return "<" .. self:text() .. ">" end }
local function class(...)
  local c = {}
  for _, mixin in ipairs { ... } do for k, v in pairs(mixin) do c[k] = v end end
  c.__index = c
  return c
end
local Money = class(Comparable, Printable)
Money.__lt = function(a, b) return a.cents < b.cents end
Money.__le = function(a, b) return a.cents <= b.cents end
Money.__eq = function(a, b) return a.cents == b.cents end
Money.__add = function(a, b) return setmetatable({ cents = a.cents + b.cents }, Money) end
Money.__unm = function(a) return setmetatable({ cents = -a.cents }, Money) end
Money.__len = function(a) return a.cents end
Money.__concat = function(a, b) return (type(a) == "table" and a:show() or a) .. (type(b) == "table" and b:show() or b) end
function Money:text() return string.format("%d.%02d", self.cents // 100, self.cents % 100) end
local a, b = setmetatable({ cents = 1250 }, Money), setmetatable({ cents = 999 }, Money)
assert(a > b and a ~= b and a == setmetatable({ cents = 1250 }, Money))
print(a:max(b):show(), (a + b):show(), #(-b), "a" .. a .. "b")

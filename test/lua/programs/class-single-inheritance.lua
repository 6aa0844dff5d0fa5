-- A class system of one function, with inheritance and super calls.
local function class(base)
  local c = {}
  c.__index = c
  return setmetatable(c, { __index = base, __call = function(k, ...)
    local o = setmetatable({}, k)
    if o.init then o:init(...) end
    return o
  end })
end
local Animal = class()
function Animal:init(name) self.name = name end
function Animal:speak() return self.name .. " makes a sound" end
local Dog = class(Animal)
function Dog:init(name, trick) Animal.init(self, name) self.trick = trick end
function Dog:speak() return Animal.speak(self) .. ": woof, and can " .. self.trick end
local d = Dog("Rex", "roll")
assert(getmetatable(d) == Dog and d.name == "Rex")
print(d:speak())
print(Animal("Cat"):speak())

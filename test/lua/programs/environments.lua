-- Code with globals of its own.
local function sandbox(code, env) return load(code, "=box", "t", env) end
local env = setmetatable({}, { __index = { double = function(x) return x * 2 end }, __newindex = function(t, k, v) rawset(t, k, v) end })
assert(sandbox("y = double(21)", env))()
print(env.y, y)
print(sandbox("return print", {})())
print(sandbox("x = = 1", {}))
print(pcall(sandbox("return a.b", {})))
local pieces, i = { "return ", "1 ", "+ 41" }, 0
print(load(function() i = i + 1 return pieces[i] end)())
do local _ENV = { tostring = tostring, assert = assert } z = 5 local t = tostring(z) assert(t == "5") end
assert(z == nil)
local function counter() local n = 0 return function() n = n + 1 return n end, function() return n end end
local inc, get = counter()
inc() inc()
print(get())

-- Listeners that come and go while an event is sent.
local Emitter = {}
Emitter.__index = Emitter
function Emitter:on(name, fn) self[name] = self[name] or {} table.insert(self[name], fn) return fn end
function Emitter:off(name, fn) for i, f in ipairs(self[name] or {}) do if f == fn then table.remove(self[name], i) return true end end return false end
function Emitter:once(name, fn) local f f = function(...) self:off(name, f) return fn(...) end return self:on(name, f) end
function Emitter:emit(name, ...)
  local count = 0
  for _, fn in ipairs { table.unpack(self[name] or {}) } do fn(...) count = count + 1 end
  return count
end
local e, log = setmetatable({}, Emitter), {}
local first = e:on("x", function(v) log[#log + 1] = "first " .. v end)
e:once("x", function(v) log[#log + 1] = "once " .. v end)
assert(e:emit("x", 1) == 2 and e:emit("x", 2) == 1)
assert(e:off("x", first) and not e:off("x", first) and e:emit("x", 3) == 0)
print(table.concat(log, ", "))

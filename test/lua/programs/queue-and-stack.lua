-- Containers with two ends.
local Deque = {}
Deque.__index = Deque
Deque.__len = function(q) return q.last - q.first + 1 end
function Deque.new() return setmetatable({ first = 0, last = -1, items = {} }, Deque) end
function Deque:push(v) self.last = self.last + 1 self.items[self.last] = v end
function Deque:unshift(v) self.first = self.first - 1 self.items[self.first] = v end
function Deque:pop() if #self == 0 then error("empty", 0) end local v = self.items[self.last] self.items[self.last] = nil self.last = self.last - 1 return v end
function Deque:shift() if #self == 0 then error("empty", 0) end local v = self.items[self.first] self.items[self.first] = nil self.first = self.first + 1 return v end
local q = Deque.new()
for i = 1, 5 do q:push(i) q:unshift(-i) end
assert(#q == 10)
print(q:pop(), q:shift(), q:pop(), q:shift(), #q)
while #q > 0 do q:shift() end
print(pcall(q.pop, q))

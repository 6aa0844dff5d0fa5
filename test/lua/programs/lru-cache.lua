-- A cache that forgets the least recently used.
local function cache(size)
  local map, head = {}, {}
  head.prev, head.next = head, head
  local count = 0
  local function unlink(n) n.prev.next, n.next.prev = n.next, n.prev end
  local function front(n) n.next, n.prev = head.next, head head.next.prev = n head.next = n end
  return {
    get = function(k) local n = map[k] if n then unlink(n) front(n) return n.value end end,
    set = function(k, v)
      local n = map[k]
      if n then n.value = v unlink(n) front(n) return end
      if count == size then local last = head.prev unlink(last) map[last.key] = nil else count = count + 1 end
      n = { key = k, value = v }
      map[k] = n
      front(n)
    end,
    keys = function() local t, n = {}, head.next while n ~= head do t[#t + 1] = n.key n = n.next end return table.concat(t, ",") end,
  }
end
local c = cache(3)
for _, k in ipairs { "a", "b", "c" } do c.set(k, k:upper()) end
assert(c.get("a") == "A")
c.set("d", "D")
assert(c.get("b") == nil)
c.set("c", "CC")
print(c.keys(), c.get("c"))

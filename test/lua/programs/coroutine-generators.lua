-- Permutations, trees and pipelines by coroutines.
local function permutations(t, n)
  n = n or #t
  return coroutine.wrap(function()
    local function go(k)
      if k <= 1 then coroutine.yield(table.concat(t)) return end
      for i = 1, k do t[i], t[k] = t[k], t[i] go(k - 1) t[i], t[k] = t[k], t[i] end
    end
    go(n)
  end)
end
local all = {}
for p in permutations { "a", "b", "c", "d" } do all[#all + 1] = p end
assert(#all == 24)
table.sort(all)
print(all[1], all[24])
local function walk(tree) if tree then walk(tree[1]) coroutine.yield(tree[2]) walk(tree[3]) end end
local tree = { { nil, 1, { nil, 2 } }, 3, { { nil, 4 }, 5 } }
local seen = {}
for v in coroutine.wrap(function() walk(tree) end) do seen[#seen + 1] = v end
print(table.concat(seen, " "))
local co = coroutine.create(function(a) local b = coroutine.yield(a + 1) error("stop " .. b, 0) end)
print(coroutine.resume(co, 1)) print(coroutine.resume(co, "x")) print(coroutine.status(co), coroutine.resume(co))

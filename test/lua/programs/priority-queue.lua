-- Dijkstra on a small graph with a binary heap.
local function heap()
  local h = {}
  return {
    push = function(key, value)
      h[#h + 1] = { key, value }
      local i = #h
      while i > 1 and h[i // 2][1] > h[i][1] do h[i // 2], h[i] = h[i], h[i // 2] i = i // 2 end
    end,
    pop = function()
      local top = h[1]
      h[1] = h[#h]
      h[#h] = nil
      local i = 1
      while true do
        local c = 2 * i
        if c > #h then break end
        if h[c + 1] and h[c + 1][1] < h[c][1] then c = c + 1 end
        if h[i][1] <= h[c][1] then break end
        h[i], h[c] = h[c], h[i]
        i = c
      end
      return top
    end,
    size = function() return #h end,
  }
end
local graph = { A = { { "B", 7 }, { "C", 9 }, { "F", 14 } }, B = { { "C", 10 }, { "D", 15 } }, C = { { "D", 11 }, { "F", 2 } }, D = { { "E", 6 } }, F = { { "E", 9 } }, E = {} }
local best, q = { A = 0 }, heap()
q.push(0, "A")
while q.size() > 0 do
  local distance, node = table.unpack(q.pop())
  if distance == best[node] then
    for _, edge in ipairs(graph[node]) do
      local d = distance + edge[2]
      if not best[edge[1]] or d < best[edge[1]] then best[edge[1]] = d q.push(d, edge[1]) end
    end
  end
end
assert(best.E == 20)
for _, n in ipairs { "A", "B", "C", "D", "E", "F" } do print(n, best[n]) end

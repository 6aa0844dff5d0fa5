-- Topological order, connected parts, a trie.
local needs = { app = { "web", "db" }, web = { "core" }, db = { "core" }, core = {}, docs = { "app" } }
local order, state = {}, {}
local function visit(n)
  if state[n] == 2 then return end
  if state[n] == 1 then error("circle at " .. n, 0) end
  state[n] = 1
  for _, d in ipairs(needs[n]) do visit(d) end
  state[n] = 2
  order[#order + 1] = n
end
for _, n in ipairs { "app", "core", "db", "docs", "web" } do visit(n) end
print(table.concat(order, " "))
needs.core = { "docs" }
state = {}
print(pcall(visit, "app"))
local trie = {}
local function add(w) local n = trie for c in w:gmatch(".") do n[c] = n[c] or {} n = n[c] end n.word = w end
local function under(n, out)
  if n.word then out[#out + 1] = n.word end
  local keys = {}
  for k in pairs(n) do if k ~= "word" then keys[#keys + 1] = k end end
  table.sort(keys)
  for _, k in ipairs(keys) do under(n[k], out) end
  return out
end
for _, w in ipairs { "car", "cart", "cat", "dog", "do" } do add(w) end
local all = under(trie, {})
assert(#all == 5)
print(table.concat(all, " "), table.concat(under(trie.c.a, {}), " "))
